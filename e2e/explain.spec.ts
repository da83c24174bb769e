import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { AccessService } from '@platform/descriptors';
import { type Person, type Platform, startPlatform } from './platform.js';
import { createRecords, keeperOf, type Records } from './records.js';

let platform: Platform;
let bank_id: string;
let person: Person;
beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person();
});
afterAll(() => platform.close());

const create = 'OBPv5.0.0-createCustomer';
const explain = async (operation_id: string, bank = bank_id, { token }: Person = person) =>
  (
    await platform.call('GET', `/users/current/explain?operation_id=${operation_id}&at_bank_id=${bank}`, {
      token,
    })
  ).json;
const granting = (at: string) => ({ role_name: 'CanCreateEntitlementAtOneBank', bank_id: at });
const grantingAnywhere = { role_name: 'CanCreateEntitlementAtAnyBank', bank_id: '' };

describe('the explanation of an access', () => {
  it('names the roles, who may grant them, and a pending request', async () => {
    const { json } = await platform.call('POST', '/entitlement-requests', {
      token: person.token,
      body: { role_name: 'CanCreateCustomer', bank_id },
    });
    const role = { held_by_user: false, held_by_application: false, needed_by: 'user', counts: false };
    expect(await explain(create)).toEqual({
      operation_id: create,
      at_bank_id: bank_id,
      is_allowed: false,
      reason: `One of the roles is needed: CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(${bank_id}).`,
      roles: [
        {
          role_name: 'CanCreateCustomer',
          bank_id,
          requires_bank_id: true,
          ...role,
          entitlement_request_id: json.entitlement_request_id,
          granted_by: [granting(bank_id), grantingAnywhere],
          current_user_may_grant: false,
        },
        {
          role_name: 'CanCreateCustomerAtAnyBank',
          bank_id: '',
          requires_bank_id: false,
          ...role,
          entitlement_request_id: null,
          granted_by: [grantingAnywhere],
          current_user_may_grant: false,
        },
      ],
    });
  });

  it('agrees with the call, at each bank, from the moment of a grant', async () => {
    const other = await platform.bank();
    const holder = await platform.person(`CanCreateCustomer@${bank_id}`, `CanCreateEntitlementAtOneBank@${bank_id}`);
    for (const [bank, is_allowed] of [
      [bank_id, true],
      [other, false],
      ['', false],
    ] as const) {
      const told = await explain(create, bank, holder);
      expect([told.is_allowed, (told.roles as { counts: boolean }[])[0]?.counts]).toEqual([is_allowed, is_allowed]);
    }
    const { status } = await platform.call('POST', `/banks/${bank_id}/customers`, {
      token: holder.token,
      body: { legal_name: 'A', mobile_phone_number: '1' },
    });
    expect(status).toBe(201);
    expect((await explain(create, bank_id, holder)).roles).toMatchObject([
      { current_user_may_grant: true },
      { current_user_may_grant: false },
    ]);
    await platform.grant(holder, `CanCreateCustomer@${other}`);
    expect(await explain(create, other, holder)).toMatchObject({ is_allowed: true });
  });

  it.each([
    ['OBPv5.1.0-getAgent', 'No role is needed: every user may call it.'],
    ['OBPv5.1.0-getAgents', 'No login is needed.'],
    ['OBPv2.0.0-addEntitlement', 'No role is needed for every call; what the call names decides whether one is.'],
  ])('says that %s needs no role', async (operation, reason) => {
    expect(await explain(operation, '')).toMatchObject({ is_allowed: true, reason, roles: [] });
  });

  it('refuses an unknown operation, an unknown bank, and whoever is not logged in', async () => {
    expect(await explain('unknown')).toMatchObject({ code: 400 });
    expect(await explain(create, 'unknown')).toMatchObject({ code: 404 });
    expect((await platform.call('GET', `/users/current/explain?operation_id=${create}`)).status).toBe(401);
  });

  it('comes over Connect too', async () => {
    const access = createClient(
      AccessService,
      createConnectTransport({ baseUrl: platform.origin, httpVersion: '1.1' }),
    );
    const told = await access.explainAccess(
      { operationId: create, atBankId: bank_id },
      { headers: { DirectLogin: `token=${person.token}` } },
    );
    expect(told).toMatchObject({ isAllowed: false, roles: [{ roleName: 'CanCreateCustomer' }, {}] });
  });
});

describe('where scopes count too', () => {
  let strict: Platform;
  beforeAll(async () => {
    strict = await startPlatform({ REQUIRE_SCOPES_FOR_LISTED_ROLES: 'CanCreateCustomer' });
  });
  afterAll(() => strict.close());

  it('a role needs the application as well', async () => {
    const bank = await strict.bank();
    const { token } = await strict.person(`CanCreateCustomer@${bank}`);
    const { json } = await strict.call('GET', `/users/current/explain?operation_id=${create}&at_bank_id=${bank}`, {
      token,
    });
    expect(json).toMatchObject({
      is_allowed: false,
      reason: 'The user holds a role that is needed, but the application lacks its scope.',
      roles: [
        { held_by_user: true, held_by_application: false, needed_by: 'user and application', counts: false },
        { needed_by: 'user' },
      ],
    });
  });
});

describe('the preview of a deletion', () => {
  let records: Records;
  let deleter: Person;
  beforeAll(async () => {
    const keeper = await keeperOf(platform, bank_id);
    records = await createRecords(platform, keeper, bank_id);
    deleter = await platform.person(`CanDeleteCustomerCascade@${bank_id}`);
  });
  const path = (suffix = '/preview', customer_id = records.customer_id) =>
    `/management/cascading/banks/${bank_id}/customers/${customer_id}${suffix}`;
  const preview = () => platform.call('GET', path(), { token: deleter.token });

  it('counts what is there, and deletes nothing', async () => {
    const one = (kind: string, id: unknown) => ({ kind, count: 1, ids: [id] });
    const expected = {
      bank_id,
      customer_id: records.customer_id,
      services: [
        {
          service: 'customers',
          records: [
            one('customer_address', records.customer_address_id),
            one('tax_residence', records.tax_residence_id),
            one('social_media_handle', expect.any(String)),
          ],
        },
        { service: 'attributes', records: [one('customer_attribute', records.customer_attribute_id)] },
        {
          service: 'links',
          records: [
            one('user_customer_link', records.user_customer_link_id),
            one('customer_account_link', records.customer_account_link_id),
          ],
        },
      ],
    };
    expect((await preview()).json).toEqual(expected);
    expect((await preview()).json).toEqual(expected);
  });

  it('needs the role of the deletion, and a customer', async () => {
    expect((await platform.call('GET', path(), { token: person.token })).status).toBe(403);
    expect((await platform.call('GET', path('/preview', 'unknown'), { token: deleter.token })).status).toBe(404);
    expect((await platform.call('DELETE', path(''), { token: deleter.token })).status).toBe(200);
    expect((await preview()).status).toBe(404);
  });
});
