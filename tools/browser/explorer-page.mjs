/** A user's actions in the explorer, which find elements by what a user sees. */
export function explorer(page, { origin, consumer_key }) {
  const operation = (operationId) => {
    const block = page.locator(`.opblock[id$="-${operationId}"]`);
    return {
      block,
      mark: block.locator('.opblock-summary .role-mark'),
      role: (name) => block.locator(`li[data-role="${name}"]`),
      async open() {
        const line = block.locator('.opblock-summary-control');
        if ((await line.getAttribute('aria-expanded')) !== 'true') await line.click({ position: { x: 10, y: 10 } });
        await block.locator('.role-panel').waitFor();
      },
      tryOut: () => block.getByRole('button', { name: /^Try it out/ }).click(),
      field: (name) => block.getByLabel(name, { exact: true }),
      /** @returns the platform's response as the page shows it */
      async execute() {
        await block.getByRole('button', { name: 'Execute', exact: true }).click();
        const answer = block.locator('.live-responses-table .response').first();
        await answer.waitFor();
        const status = Number((await answer.locator('.response-col_status').innerText()).trim().split(/\s/)[0]);
        return {
          status,
          body: JSON.parse(await answer.locator('.response-col_description .highlight-code pre').first().innerText()),
        };
      },
    };
  };
  return {
    operation,
    async start() {
      await page.goto(`${origin}/#consumer_key=${consumer_key}`);
      await page.locator('.opblock-tag').first().waitFor();
    },
    async logIn(username, password) {
      if (!(await page.locator('#login').isVisible()))
        await page.getByRole('button', { name: 'Log in', exact: true }).click();
      await page.getByLabel('Username').fill(username);
      await page.getByLabel('Password').fill(password);
      await page.locator('#login').getByRole('button', { name: 'Log in' }).click();
    },
    /** Finds an operation by its text and opens it. */
    async find(operationId) {
      await page.getByLabel('Filter').fill(operationId);
      const found = operation(operationId);
      await found.block.waitFor();
      await found.open();
      return found;
    },
    outcome: page.locator('#outcome-text'),
    caller: page.locator('#caller'),
    bank: page.getByLabel('Bank', { exact: true }),
  };
}

/** Waits until the locator has this text. */
export async function waitForText(locator, text) {
  await locator.filter({ hasText: text }).waitFor();
}
