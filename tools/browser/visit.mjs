import assert from 'node:assert/strict';
import { explorer, waitForText } from './explorer-page.mjs';
import { launchBrowser, settings } from './settings.mjs';
import { openPage } from './watched-page.mjs';

export const known = settings();
/** Distinguishes the records of this run from those of other runs. */
export const run = Date.now().toString(36);
/** After this time a granted role is in effect. */
export const roles_ms = 1_100;
let browser;

export async function openBrowser() {
  browser = await launchBrowser(known.chromium);
}

export async function closeBrowser() {
  await browser?.close();
}

/** Runs the work on a new page and then checks what else the page did. */
export async function onPage(work, options) {
  const opened = await openPage(browser, known, options);
  try {
    await work(explorer(opened.page, known), opened);
    assert.deepEqual(opened.troubles, []);
  } finally {
    await opened.close();
  }
}

export async function loggedIn(user) {
  await user.start();
  await user.logIn(known.username, known.password);
  await waitForText(user.caller, `Logged in as ${known.username}`);
}

/** Grants the role, unless an earlier run has. */
export async function grantToMe(operation, name) {
  const role = operation.role(name);
  const grant = role.getByRole('button', { name: `Grant to me: ${name}`, exact: true });
  await role.filter({ hasNotText: 'log in to see' }).waitFor();
  if (await grant.isVisible()) await grant.click();
  await waitForText(role, '✓ you hold it');
}

/** Changes the JSON in a field. */
export async function edit(field, change) {
  await field.fill(JSON.stringify(change(JSON.parse(await field.inputValue())), null, 2));
}
