/**
 * Headers of every page: no scripts, no content from other hosts, no frames; forms are sent here, and on to
 * applications on this machine.
 */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Asks for a name. */
export function loginPage({ name, fault }: { name: string; fault?: string }): string {
  return page(
    'Log in',
    `<p>The identity provider for development. It asks for no password: any name is that user.</p>
<form method="post">
<label for="username">Name</label>
<input id="username" name="username" value="${escape(name)}" required maxlength="100" autofocus autocomplete="username" autocapitalize="none" spellcheck="false">
${fault === undefined ? '' : `<p role="alert">${escape(fault)}</p>\n`}<button>Log in</button>
</form>`,
  );
}

/** Shows an error. */
export function errorPage(reasons: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(reasons).map(
    ([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(String(value))}</dd>`,
  );
  return page('That did not work', `<dl>${lines.join('')}</dl>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input, button { padding: 0.5rem; margin: 0.25rem 0 1rem; }
[role="alert"] { color: #a00; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
