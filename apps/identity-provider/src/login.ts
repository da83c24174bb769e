import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { errorPage, loginPage, pageHeaders } from './pages.js';

const longestForm = 4_096;
const plainName = /^[A-Za-z0-9]([A-Za-z0-9._@-]{0,98}[A-Za-z0-9])?$/;

/**
 * The login at /interaction/…. A cookie that other sites cannot send ties each request to its login, so that no other
 * site can log a user in.
 */
export function createLogin(provider: Provider): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const interaction = await provider.interactionDetails(request, response).catch(() => undefined);
    if (interaction === undefined)
      return answer(response, 400, errorPage({ reason: 'This login is over. Begin again in the application.' }));
    // The only application is the platform's own, so no consent is needed.
    if (interaction.prompt.name !== 'login') return provider.interactionFinished(request, response, { consent: {} });
    if (request.method !== 'POST') {
      const { login_hint } = interaction.params;
      return answer(response, 200, loginPage({ name: typeof login_hint === 'string' ? login_hint : '' }));
    }
    const name = (await readForm(request))?.get('username')?.trim() ?? '';
    if (!plainName.test(name))
      return answer(
        response,
        400,
        loginPage({ name, fault: 'A name has 1 to 100 letters, digits, dots, dashes, underscores or at signs.' }),
      );
    return provider.interactionFinished(request, response, { login: { accountId: name, remember: false } });
  };
}

function answer(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, pageHeaders).end(page);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > longestForm) return undefined;
  }
  return new URLSearchParams(text);
}
