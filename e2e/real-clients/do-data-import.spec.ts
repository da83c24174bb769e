import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSend, type Send } from '../http.js';
import { expectStatus, type Person, type Platform, startPlatform, unique } from '../platform.js';

// do-data-import (83f2e19): it creates a bank for each row of a spreadsheet, grants itself the roles it needs there,
// and creates customers.

let platform: Platform;
let operator: Person;
let requests: ReturnType<typeof createSend>;
beforeAll(async () => {
  platform = await startPlatform();
  operator = await platform.person('CanCreateBank');
  requests = createSend(platform.origin);
});
afterAll(async () => {
  requests.close();
  await platform.close();
});

const roles = [
  'CanCreateCustomer',
  'CanUpdateCustomerNumber',
  'CanGetCustomers',
  'CanCreateCustomerAttributeAtOneBank',
  'CanDeleteCustomerCascade',
  'CanCreateEntitlementAtOneBank',
  'CanCreateBankAttribute',
  'CanCreateProductAttribute',
  'CanCreateBankLevelDynamicEntity',
  'CanDeleteBankCascade',
  'CanCreateProduct',
  'CanCreateBranch',
  'CanDeleteBranch',
  'CanCreateAccount',
  'CanCreateHistoricalTransactionAtBank',
  'CanCreateSettlementAccountAtOneBank',
  'CanCreateAccountAttributeAtOneBank',
  'CanDeleteAccountCascade',
  'CanUseAccountFirehose',
];
/** Roles of a dynamic entity: a server knows them only while it has the entity. */
const dynamicRoles = ['Create', 'Get', 'Delete'].map((verb) => `Can${verb}DynamicEntity_authority_data_request`);

/** The date that it sends when it has none. */
const noDate = '1100-01-01T00:00:00Z';

describe('do-data-import', () => {
  const bank_id = `SB${unique()}`;
  let token: string;
  let user_id: string;
  /** Its host ends with a slash, and its paths begin with one. */
  const send: Send = (verb, path, { body } = {}) =>
    requests.send(verb, `/${path}`, {
      headers: { 'Content-Type': 'application/json', Authorization: `DirectLogin token="${token}"` },
      ...(body === undefined ? {} : { body }),
    });
  const grant = (role_name: string) =>
    send('POST', `/obp/v3.1.0/users/${user_id}/entitlements`, { body: { bank_id, role_name } });
  /** A role that the user already has, as the creator of a bank does, counts as granted. */
  const outcomeOf = async (role: string) => {
    const { status, text } = await grant(role);
    return [role, status === 201 || text.includes('OBP-30216') ? 'granted' : text];
  };

  it('logs in by the older header, without quotes', async () => {
    const { username, password, consumer_key } = operator;
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `DirectLogin username=${username},password=${password},consumer_key=${consumer_key}`,
    };
    token = String(
      (await expectStatus(201, requests.send('POST', '//my/logins/direct', { headers, body: 'null' }))).json.token,
    );
    ({ user_id } = (await expectStatus(200, send('GET', '/obp/v4.0.0/users/current'))).json as { user_id: string });
    expect(user_id).toBe(operator.user_id);
  });

  it('makes a bank and takes its roles there', async () => {
    await expectStatus(
      201,
      send('POST', '/obp/v5.0.0/banks', {
        body: { bank_code: bank_id, id: bank_id, full_name: 'Banco', logo: null, website: null },
      }),
    );
    for (const role of roles) expect(await outcomeOf(role)).toEqual([role, 'granted']);
    for (const role of dynamicRoles) expect([role, (await grant(role)).status]).toEqual([role, 400]);
  });

  it('may take every role that is listed as one of a bank', async () => {
    const { json } = await expectStatus(200, send('GET', '/obp/v4.0.0/roles'));
    const names = (json.roles as { role: string; requires_bank_id: boolean }[])
      .filter(({ requires_bank_id }) => requires_bank_id)
      .map(({ role }) => role);
    expect(names).toEqual(expect.arrayContaining(roles));
    for (const name of names) expect(await outcomeOf(name)).toEqual([name, 'granted']);
  });

  it('makes customers of what a row has, gives them their numbers and attributes, finds and deletes them', async () => {
    const body = {
      legal_name: 'Comercial del Este',
      mobile_phone_number: '',
      email: '',
      face_image: { url: '', date: noDate },
      date_of_birth: noDate,
      relationship_status: '',
      dependants: 0,
      dob_of_dependants: [],
      credit_rating: { rating: '', source: '' },
      credit_limit: { currency: '', amount: '' },
      highest_education_attained: '',
      employment_status: '',
      kyc_status: true,
      last_ok_date: noDate,
      title: '',
      branch_id: '',
      name_suffix: '',
    };
    const { json: created } = await expectStatus(201, send('POST', `/obp/v3.1.0/banks/${bank_id}/customers`, { body }));
    const customer_id = String(created.customer_id);
    // A spreadsheet's cell may contain a number.
    const at = `banks/${bank_id}/customers/${customer_id}`;
    expect(
      (await expectStatus(200, send('PUT', `/obp/v4.0.0/${at}/number`, { body: { customer_number: 10040287 } }))).json,
    ).toMatchObject({ customer_id, customer_number: '10040287' });
    for (const name of [
      'customer_type',
      'surname_or_acronym',
      'relationship',
      'relationship_description',
      'client_consents',
    ]) {
      await expectStatus(
        201,
        send('POST', `/obp/v4.0.0/${at}/attribute`, { body: { name, type: 'STRING', value: 'E' } }),
      );
    }
    expect(
      (
        await expectStatus(
          200,
          send('POST', `/obp/v3.1.0/banks/${bank_id}/customers/customer-number`, {
            body: { customer_number: '10040287' },
          }),
        )
      ).json,
    ).toMatchObject({ customer_id });

    const list = async () =>
      (
        (await expectStatus(200, send('GET', `/obp/v5.0.0/banks/${bank_id}/customers`))).json.customers as {
          customer_id: string;
        }[]
      ).map((one) => one.customer_id);
    expect(await list()).toEqual([customer_id]);
    for (const id of await list())
      await expectStatus(200, send('DELETE', `/obp/v4.0.0/management/cascading/banks/${bank_id}/customers/${id}`));
    expect(await list()).toEqual([]);
  });
});
