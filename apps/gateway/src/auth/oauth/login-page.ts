import { escape, page, type Page } from './page.js';

/** What the login page shows. */
export interface Login {
  readonly app_name: string;
  /** A URL, or "oob" (out of band). */
  readonly callback: string;
  readonly oauth_token: string;
  readonly csrf: string;
  readonly set_cookie: string;
  readonly username?: string;
  /** Why the page is shown again. */
  readonly error?: string;
}

/**
 * Browsers check every redirect that follows a form, also the one by the application itself: these are all places where
 * a callback may be.
 */
const returnTargets = 'https: http://localhost:* http://127.0.0.1:*';

/** The form in which a user logs in and so agrees. */
export function loginPage(
  status: number,
  { app_name, callback, oauth_token, csrf, set_cookie, username = '', error = '' }: Login,
): Page {
  const url = URL.canParse(callback) ? new URL(callback) : undefined;
  const body = `${error === '' ? '' : alert(error)}
<p><strong>${escape(app_name)}</strong> asks to use this platform in your name. If you log in, it may do all that you may do.</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="oauth_token" value="${escape(oauth_token)}">
<input type="hidden" name="csrf" value="${escape(csrf)}">
<label for="username">Username</label>
<input id="username" name="username" value="${escape(username)}" required maxlength="512" autocomplete="username" autocapitalize="none" spellcheck="false"${username === '' ? ' autofocus' : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" required maxlength="512" autocomplete="current-password"${username === '' ? '' : ' autofocus'}>
<button>Log in and agree</button>
</form>
<p><small>${url === undefined ? 'You will be shown a code for the application.' : `You will be sent to ${escape(url.origin + url.pathname)}`}</small></p>`;
  return page(status, 'Log in', body, { returns_to: url === undefined ? '' : returnTargets, set_cookie });
}

/** The page for a user whose login cannot continue. */
export function refusalPage(status: number, reason: string): Page {
  return page(
    status,
    'This login cannot go on',
    `${alert(reason)}\n<p>Please go back to the application and start again.</p>`,
  );
}

/** Shows the code that the user enters in an application that has no callback URL. */
export function verifierPage(verifier: string): Page {
  return page(
    200,
    'You have agreed',
    `<p>Give this code to the application:</p>\n<p><code>${escape(verifier)}</code></p>`,
  );
}

/** Sends the user back to the application. */
export function redirect(callback: string, oauth_token: string, oauth_verifier: string): Page {
  const parameters = new URLSearchParams({ oauth_token, oauth_verifier }).toString();
  // The application's own query is kept unchanged.
  const separator = !callback.includes('?') ? '?' : /[?&]$/.test(callback) ? '' : '&';
  return {
    status: 302,
    headers: { Location: `${callback}${separator}${parameters}`, 'Referrer-Policy': 'no-referrer' },
    text: '',
  };
}

function alert(text: string): string {
  return `<p role="alert">${escape(text)}</p>`;
}
