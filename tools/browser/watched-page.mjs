import { join } from 'node:path';

/**
 * A page that notes what must not happen: requests to another origin, errors in the console.
 * @returns {Promise<{page: any, troubles: string[], expectStatus(status: number): void, shot(name: string): Promise<void>, close(): Promise<void>}>}
 */
export async function openPage(browser, { origin, screenshots }, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const troubles = [];
  const expected = new Set();
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) troubles.push(`request to ${request.url()}`);
  });
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.stack}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // Chromium writes each refused call to the console.
    const status = /responded with a status of (\d+)/.exec(message.text())?.[1];
    if (status === undefined || !expected.has(Number(status)))
      troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  return {
    page,
    troubles,
    expectStatus: (status) => expected.add(status),
    shot: async (name) => {
      if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
    close: () => context.close(),
  };
}
