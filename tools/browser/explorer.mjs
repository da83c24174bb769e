// The API explorer in a real browser, against a platform that runs: node --test tools/browser/explorer.mjs
/* global document, location, sessionStorage */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForText } from './explorer-page.mjs';
import { focused, tabTo } from './keyboard.mjs';
import { nameless, pale, tooWide } from './readable.mjs';
import { closeBrowser, edit, grantToMe, known, loggedIn, onPage, openBrowser, roles_ms, run } from './visit.mjs';

const bank = `bank-${run}`;

before(openBrowser);
after(closeBrowser);

describe('the explorer', () => {
  it('takes the consumer key out of the address, shows what a wrong login is answered, and keeps no password', () =>
    onPage(async (user, { page, expectStatus, shot }) => {
      expectStatus(401);
      await user.start();
      assert.equal(page.url(), `${known.origin}/`);
      await shot('1-start');
      await user.logIn(known.username, 'not the password');
      await waitForText(page.locator('#login-failure'), 'OBP-20004');
      await shot('2-wrong-login');
      await user.logIn(known.username, known.password);
      await waitForText(user.caller, `Logged in as ${known.username}`);
      await page.locator('#login').waitFor({ state: 'hidden' });
      assert.equal(await focused(page), 'log-out');
      assert.equal(await page.locator('#password').inputValue(), '');
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...sessionStorage }, { ...globalThis.localStorage }, document.cookie]),
      );
      assert.ok(!kept.includes(known.password) && !kept.includes(known.consumer_key), kept);

      await page.reload();
      await waitForText(user.caller, `Logged in as ${known.username}`);
      await page.getByRole('button', { name: 'Log out' }).click();
      await waitForText(user.caller, 'Not logged in');
      assert.equal(await page.evaluate(() => sessionStorage.getItem('explorer.token')), null);
    }));

  it('ends a login that the platform no longer accepts', () =>
    onPage(async (user, { page, expectStatus }) => {
      expectStatus(401);
      await page.addInitScript(() => sessionStorage.setItem('explorer.token', 'unknown-token'));
      await user.start();
      await waitForText(user.outcome, 'no longer valid');
      await waitForText(user.caller, 'Not logged in');
    }));

  it('leads from a missing role to a customer: bank, request, grant, create, read', () =>
    onPage(async (user, { page, expectStatus, shot }) => {
      // The granted request remains, because deleting it needs a role as well.
      expectStatus(403);
      await loggedIn(user);

      const createBank = await user.find('createBank');
      await grantToMe(createBank, 'CanCreateBank');
      await waitForText(createBank.mark, '✓ role held');
      await sleep(roles_ms);
      await createBank.tryOut();
      await edit(createBank.field('Request body'), (body) => ({ ...body, id: bank, bank_routings: [] }));
      assert.deepEqual(await createBank.execute().then(({ status, body }) => [status, body.id]), [201, bank]);
      await page.locator(`#banks option[value="${bank}"]`).waitFor({ state: 'attached' });
      await user.bank.fill(bank);
      await user.bank.press('Enter');

      const createCustomer = await user.find('createCustomer');
      await waitForText(createCustomer.mark, '✕ role missing');
      const role = createCustomer.role('CanCreateCustomer');
      await waitForText(role, `at ${bank}`);
      await shot('3-role-missing');
      await role.getByRole('button', { name: 'Request: CanCreateCustomer', exact: true }).click();
      await waitForText(role, '✕ requested, not yet granted');
      await waitForText(createCustomer.mark, '✕ role missing');

      await page.getByText('Role requests', { exact: true }).click();
      const asked = `CanCreateCustomer at ${bank} for ${known.username}`;
      await shot('4-requests');
      await page
        .getByRole('button', { name: `Grant: ${asked}` })
        .first()
        .click();
      await waitForText(user.outcome, `${known.username} now holds CanCreateCustomer at ${bank}.`);
      await waitForText(role, '✓ you hold it');
      await waitForText(createCustomer.mark, '✓ role held');
      await page.getByText('Role requests', { exact: true }).click();
      await sleep(roles_ms);

      await createCustomer.tryOut();
      assert.equal(await createCustomer.field('BANK_ID').inputValue(), bank);
      const number = `N-${run}`;
      await edit(createCustomer.field('Request body'), (body) => ({ ...body, customer_number: number }));
      const created = await createCustomer.execute();
      assert.deepEqual([created.status, created.body.customer_number, created.body.message], [201, number, undefined]);
      await shot('5-created');

      const getCustomer = await user.find('getCustomerByCustomerId');
      await getCustomer
        .role('CanGetCustomer')
        .getByRole('button', { name: 'Grant to me: CanGetCustomer', exact: true })
        .click();
      await waitForText(getCustomer.mark, '✓ role held');
      await sleep(roles_ms);
      await getCustomer.tryOut();
      await getCustomer.field('CUSTOMER_ID').fill(created.body.customer_id);
      const read = await getCustomer.execute();
      assert.equal(read.status, 200);
      assert.equal(read.body.legal_name, created.body.legal_name);
      await shot('6-read');
      assert.ok(page.url().endsWith('getCustomerByCustomerId'), page.url());
    }));

  it('lets a user ask for a role and an administrator grant it, and shows it to the user', () =>
    onPage(async (user, { page, expectStatus, shot }) => {
      const username = `asker_${run}`;
      const password = `Asking-4-roles-${run}!`;
      const made = await fetch(`${known.origin}/obp/v5.1.0/users`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: `${username}@example.com`, username, password, first_name: 'A', last_name: 'B' }),
      });
      assert.equal(made.status, 201);
      await user.start();
      await user.logIn(username, password);
      await waitForText(user.caller, `Logged in as ${username}`);
      const createBank = await user.find('createBank');
      const role = createBank.role('CanCreateBank');
      // Only the platform knows whether a caller may grant.
      expectStatus(403);
      await role.getByRole('button', { name: 'Grant to me: CanCreateBank', exact: true }).click();
      await waitForText(user.outcome, 'OBP-20006');
      await waitForText(createBank.mark, '✕ role missing');
      await role.getByRole('button', { name: 'Request: CanCreateBank', exact: true }).click();
      await waitForText(role, '✕ requested, not yet granted');

      await onPage(async (admin, other) => {
        await loggedIn(admin);
        const removal = await admin.find('deleteEntitlementRequest');
        await grantToMe(removal, 'CanDeleteEntitlementRequestsAtAnyBank');
        const all = await admin.find('getAllEntitlementRequests');
        await grantToMe(all, 'CanGetEntitlementRequestsAtAnyBank');
        await sleep(roles_ms);
        await other.page.getByText('Role requests', { exact: true }).click();
        const grant = other.page.getByRole('button', { name: `Grant: CanCreateBank for ${username}` });
        await grant.waitFor();
        await other.shot('7-everybodys-requests');
        await grant.click();
        await waitForText(admin.outcome, `${username} now holds CanCreateBank.`);
        await grant.waitFor({ state: 'detached' });
        assert.equal(await other.page.getByText(`CanCreateBank for ${username}`).count(), 0);
      });

      await page.getByText('Role requests', { exact: true }).click();
      await page.getByRole('button', { name: 'Refresh the requests' }).click();
      await waitForText(createBank.mark, '✓ role held');
      await shot('8-granted');
    }));

  it('opens what a deep link names', () =>
    onPage(async (user, { page }) => {
      await page.goto(`${known.origin}/#/Bank/getBanks`);
      await user.operation('getBanks').block.locator('.role-panel').waitFor();
      await waitForText(user.operation('getBanks').mark, '✓ public');
    }));

  it('can be used by keyboard alone', () =>
    onPage(async (user, { page }) => {
      await user.start();
      await tabTo(page, '.skip', { most: 1 });
      await tabTo(page, '#log-in');
      await page.keyboard.press('Enter');
      assert.equal(await focused(page), 'username');
      await page.keyboard.press('Escape');
      await page.locator('#login').waitFor({ state: 'hidden' });
      assert.equal(await focused(page), 'log-in');

      await page.keyboard.press('Space');
      await page.keyboard.type(known.username);
      await tabTo(page, '#password', { most: 1 });
      await page.keyboard.type(known.password);
      await page.keyboard.press('Enter');
      await waitForText(user.caller, `Logged in as ${known.username}`);
      await waitForText(page.getByRole('status'), 'You are logged in');

      await tabTo(page, '#filter');
      await page.keyboard.type('getCurrentUser');
      const current = user.operation('getCurrentUser');
      await current.block.waitFor();
      await tabTo(page, '.opblock-summary-control');
      await page.keyboard.press('Enter');
      await current.block.locator('.role-panel').waitFor();
      await tabTo(page, '.try-out__btn');
      await page.keyboard.press('Enter');
      await tabTo(page, '.btn.execute');
      await page.keyboard.press('Enter');
      const answer = current.block.locator('.live-responses-table .response').first();
      await waitForText(answer, known.username);
      await waitForText(page.getByRole('status'), 'The answer is 200.');

      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await page.locator('.skip').focus();
      await page.keyboard.press('Enter');
      assert.equal(await focused(page), 'operations');
    }));

  for (const colorScheme of ['light', 'dark']) {
    it(`is readable at the width of a phone, ${colorScheme}`, () =>
      onPage(
        async (user, { page, shot }) => {
          const check = async (where) => {
            assert.deepEqual(await page.evaluate(tooWide), [], `wider than the window: ${where}`);
            assert.deepEqual(await page.evaluate(nameless), [], `without a name: ${where}`);
            assert.deepEqual(await page.evaluate(pale), [], `too pale: ${where}`);
            await shot(`phone-${colorScheme}-${where}`);
          };
          await user.start();
          await check('start');
          await page.getByRole('button', { name: 'Log in', exact: true }).click();
          await check('login');
          await user.logIn(known.username, known.password);
          await waitForText(user.caller, `Logged in as ${known.username}`);
          await page.getByText('Role requests', { exact: true }).click();
          await check('requests');
          await page.getByText('Role requests', { exact: true }).click();
          await page.getByRole('button', { name: 'Dismiss' }).click();
          const createCustomer = await user.find('createCustomer');
          await createCustomer.tryOut();
          await check('operation');
          const current = await user.find('getCurrentUser');
          await current.tryOut();
          await current.execute();
          await current.block.locator('.live-responses-table').scrollIntoViewIfNeeded();
          await check('answer');
        },
        { viewport: { width: 360, height: 780 }, colorScheme, isMobile: true, hasTouch: true },
      ));
  }

  it('stays quick with every operation in sight', () =>
    onPage(async (user, { page }) => {
      await user.start();
      const since = Date.now();
      // A character that every path contains.
      await page.getByLabel('Filter').fill('/');
      await page.locator('.opblock').first().waitFor();
      await page.getByLabel('Filter').fill('/banks');
      await page.locator('.opblock').first().waitFor();
      const current = await user.find('getCurrentUser');
      assert.ok(await current.block.isVisible());
      assert.ok(Date.now() - since < 10_000, `${Date.now() - since} ms`);
      assert.equal(new URL(await page.evaluate(() => location.href)).pathname, '/');
    }));
});
