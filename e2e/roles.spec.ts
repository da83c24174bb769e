import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patient } from '@platform/testing';
import {
  type At,
  expectRefusal,
  held,
  missingRoles,
  newCustomer,
  type Operation,
  operation,
  operations,
} from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let at: At;
let otherBank: string;
let nobody: Person;

beforeAll(async () => {
  platform = await startPlatform();
  const bank_id = await platform.bank();
  otherBank = await platform.bank();
  nobody = await platform.person();
  const creator = await platform.person(`CanCreateCustomer@${bank_id}`);
  const { json } = await platform.call('POST', `/banks/${bank_id}/customers`, {
    token: creator.token,
    body: newCustomer,
  });
  at = { bank_id, customer_id: String(json.customer_id), customer_number: String(json.customer_number) };
});
afterAll(() => platform.close());

const run = ({ verb, path, body }: Operation, token?: string, where = at) =>
  platform.call(verb, path(where), { token, ...(body && { body: body(where) }) });

describe.each(operations.map((one): [string, Operation] => [one.name, one]))('%s', (_name, one) => {
  it('refuses whoever is not logged in', async () => {
    expectRefusal(await run(one), 401, 'OBP-20001: User not logged in. Authentication is required!');
  });

  it('refuses a bad token', async () => {
    expectRefusal(await run(one, 'unknown'), 401, 'OBP-20003: This DirectLogin token is invalid or expired:');
  });

  it('refuses a user without a role', async () => {
    expectRefusal(await run(one, nobody.token), 403, missingRoles(one.roles, at.bank_id));
  });

  it('refuses the super admin, who may only grant', async () => {
    expectRefusal(await run(one, platform.admin.token), 403, missingRoles(one.roles, at.bank_id));
  });

  it.each(one.roles.map((role) => [role]))('opens to %s alone, and a bank role at its bank alone', async (role) => {
    const holder = await platform.person(held(role, at.bank_id));
    expect((await run(one, holder.token)).status).toBe(one.status);
    const elsewhere = await run(one, holder.token, { ...at, bank_id: otherBank });
    if (role.endsWith('@B')) expectRefusal(elsewhere, 403, missingRoles(one.roles, otherBank));
    else expect(elsewhere.status).not.toBe(403);
  });
});

describe('a role', () => {
  it('of another operation opens nothing', async () => {
    const reader = await platform.person(`CanGetCustomer@${at.bank_id}`);
    const create = operation('createCustomer');
    expectRefusal(await run(create, reader.token), 403, missingRoles(create.roles, at.bank_id));
  });

  it('works at once when granted, to a token in use', async () => {
    const read = operation('getCustomerByCustomerId');
    const person = await platform.person();
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await run(read, person.token)).status).toBe(403);
    await platform.grant(person, `CanGetCustomer@${at.bank_id}`);
    expect((await run(read, person.token)).status).toBe(200);
  });

  it('stops within a second when revoked, to a token in steady use', async () => {
    const read = operation('getCustomerByCustomerId');
    const remover = await platform.person('CanDeleteEntitlementAtAnyBank');
    const person = await platform.person();
    const entitlement_id = await platform.grant(person, `CanGetCustomer@${at.bank_id}`);
    expect((await run(read, person.token)).status).toBe(200);
    const removed = await platform.call('DELETE', `/users/${person.user_id}/entitlement/${entitlement_id}`, {
      token: remover.token,
    });
    expect([removed.status, removed.text]).toEqual([204, '']);
    const since = Date.now();
    while ((await run(read, person.token)).status === 200 && Date.now() - since < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Date.now() - since).toBeLessThan(patient(1_000));
    expectRefusal(await run(read, person.token), 403, missingRoles(read.roles, at.bank_id));
  });
});
