import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerViewService } from '@platform/descriptors';
import { aCustomer, anAccount, anAccountAttribute, anAttribute, attributeJson, json, keyOf } from './records.js';
import { createTheatre, refusalOf, type Theatre, timed, together, type World } from './world.js';

let theatre: Theatre;
beforeAll(async () => void (theatre = await createTheatre()));
afterAll(() => theatre.close());

const eve = aCustomer('eve');
const link = (account_id: string) => ({ key: keyOf(eve), account_id });
const number = anAccountAttribute('customer_number', 'n-eve');
const withEve = (more: Partial<World> = {}) =>
  theatre.play({ customers: [eve], attributes: [{ key: keyOf(eve), attribute: anAttribute('tax', '1') }], ...more });

const path = '/banks/a/customers/customer-number-query/overview';
const body = { customer_number: 'n-eve' };
const idsOf = async (response: Response) =>
  ((await response.json()) as { accounts: { account_id: string }[] }).accounts.map(({ account_id }) => account_id);

const accountStart = (id: string) =>
  `{"account_id":"${id}","label":"Current","product_code":"AC","balance":{"currency":"EUR","amount":"12.50"},"branch_id":"b-1",`;
const routings = '"account_routings":[{"scheme":"IBAN","address":"DE00"}],';
const entry = (name: string, value: string, contract = '', product = 'P1') =>
  `{"contract_code":"${contract}","product_code":"${product}","account_attribute_id":"${name}-${value}","name":"${name}","type":"STRING","value":"${value}"}`;
const accountsJson =
  `[${accountStart('linked')}"contracts":[],${routings}"account_attributes":[]},` +
  `${accountStart('carrier')}"contracts":[{"product_code":"P2","contract_code":"C1","interest_rate":"3","is_substituted":"no"}],${routings}` +
  `"account_attributes":[${entry('customer_number', 'n-eve')},${entry('is_substituted', 'no', 'C1', 'P2')},${entry('interest_rate', '3', 'C1', 'P3')}]}]`;
const withAccounts = (more: Partial<World> = {}) =>
  withEve({
    accountLinks: [link('linked')],
    accounts: [
      anAccount('carrier', [
        number,
        anAccountAttribute('is_substituted', 'no', 'C1', 'P2'),
        anAccountAttribute('interest_rate', '3', 'C1', 'P3'),
      ]),
      anAccount('linked'),
    ],
    ...more,
  });

describe('getCustomerOverview', () => {
  it('answers the customer, its attributes and its accounts', async () => {
    withAccounts();
    const answer = await theatre.post(path, body);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      `${json.v310('eve')},"customer_attributes":[${attributeJson('tax', '1')}],"accounts":${accountsJson}}`,
    ]);
  });

  it('answers [] for no accounts', async () => {
    withEve({ attributes: [] });
    expect(await (await theatre.post(path, body)).text()).toBe(
      `${json.v310('eve')},"customer_attributes":[],"accounts":[]}`,
    );
  });

  it('names each account once, linked ones first and those that are gone not at all', async () => {
    const carriers = ['c-1', 'c-2', 'c-3'].map((id) => anAccount(id, [number]));
    withEve({
      accountLinks: ['l-2', 'gone', 'c-3', 'l-1'].map(link),
      accounts: [...carriers, anAccount('l-1'), anAccount('l-2'), anAccount('stranger')],
    });
    expect(await idsOf(await theatre.post(path, body))).toEqual(['l-2', 'c-3', 'l-1', 'c-1', 'c-2']);
  });

  it('knows no account of another bank', async () => {
    withEve({ accountLinks: [link('x')], accounts: [{ ...anAccount('x', [number]), bank_id: 'b' }] });
    expect(await idsOf(await theatre.post(path, body))).toEqual([]);
  });

  it.each([1, 300])('costs five calls, with %i accounts of each kind', async (count) => {
    const ids = Array.from({ length: count }, (_, index) => String(index));
    const world = withEve({
      accountLinks: ids.map((id) => link(`l-${id}`)),
      accounts: ids.flatMap((id) => [anAccount(`l-${id}`), anAccount(`c-${id}`, [number])]),
      perMessage: 100,
    });
    expect(await idsOf(await theatre.post(path, body))).toHaveLength(2 * count);
    expect(world.calls.sort()).toEqual([
      'batchGetAccountLinksOfCustomers',
      'batchGetAccounts',
      'batchGetCustomerAttributes',
      'batchGetCustomersByNumber',
      'findAccountsByAttribute',
    ]);
  });

  it('looks linked accounts up by the thousand, several at a time', async () => {
    const ids = Array.from({ length: 2_500 }, (_, index) => String(index));
    const world = withEve({ accountLinks: ids.map(link), accounts: ids.map((id) => anAccount(id)), perMessage: 400 });
    const most = timed(world, 'batchGetAccounts', () => 50);
    expect(await idsOf(await theatre.post(path, body))).toEqual(ids);
    expect([world.calls.length, most()]).toEqual([4 + 3, 3]);
  });

  it('looks up for concurrent requests together, each finding its own', async () => {
    const ann = aCustomer('ann');
    const wanted = [1, 2, 3, 4, 5].flatMap(() => [
      { one: eve, ids: ['e-1', 'shared'] },
      { one: ann, ids: ['shared', 'a-1'] },
    ]);
    const accountLinks = wanted
      .slice(0, 2)
      .flatMap(({ one, ids }) => ids.map((account_id) => ({ key: keyOf(one), account_id })));
    const world = theatre.play({
      customers: [eve, ann],
      accountLinks,
      accounts: ['e-1', 'a-1', 'shared'].map((id) => anAccount(id)),
    });
    const answers = await Promise.all(
      wanted.map(({ one }) => theatre.post(path, { customer_number: one.customer_number })),
    );
    expect(await Promise.all(answers.map(idsOf))).toEqual(wanted.map(({ ids }) => ids));
    for (const rpc of ['batchGetAccountLinksOfCustomers', 'batchGetAccounts'])
      expect(world.calls.filter((call) => call === rpc).length).toBeLessThan(wanted.length);
  });

  it.each([
    ['batchGetCustomersByNumber', 'findAccountsByAttribute'],
    ['batchGetCustomerAttributes', 'batchGetAccountLinksOfCustomers'],
  ])('asks at once for what %s and %s answer', async (...rpcs) => {
    withAccounts({ gate: together(...rpcs) });
    expect((await theatre.post(path, body)).status).toBe(200);
  });

  it('knows no other number, and refuses a body of another shape', async () => {
    withAccounts();
    expect(await refusalOf(await theatre.post(path, { customer_number: 'x' }))).toEqual([
      404,
      'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.',
    ]);
    expect((await refusalOf(await theatre.post(path, {})))[1]).toMatch(/^OBP-10001: .*PostCustomerOverviewJsonV500/);
    expect(await refusalOf(await theatre.post(path, { customer_number: 'x'.repeat(51) }))).toEqual([
      404,
      'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.',
    ]);
  });
});

describe('getCustomerOverviewFlat', () => {
  it('answers ten fields of the customer, its attributes and its accounts', async () => {
    withAccounts();
    const answer = await theatre.post(`${path}-flat`, body);
    const fields =
      '{"bank_id":"a","customer_id":"eve","customer_number":"n-eve","legal_name":"Eveline Tripman","mobile_phone_number":"+44 07972 444 876","email":"e@example.com","date_of_birth":"1990-05-15T10:30:00Z","title":"Dr.","branch_id":"b-1","name_suffix":"Sr",';
    expect([answer.status, await answer.text()]).toEqual([
      200,
      `${fields}"customer_attributes":[${attributeJson('tax', '1')}],"accounts":${accountsJson}}`,
    ]);
  });
});

describe('the overview over Connect', () => {
  const client = () =>
    createClient(CustomerViewService, createConnectTransport({ baseUrl: theatre.origin, httpVersion: '1.1' }));
  const headers = { DirectLogin: 'token=T' };

  it('leaves out what the account does not have', async () => {
    withAccounts();
    const { accounts } = await client().getCustomerOverview(
      { bankId: 'a', body: { customerNumber: 'n-eve' } },
      { headers },
    );
    expect(accounts[1]?.contracts[0]).toMatchObject({
      productCode: 'P2',
      contractCode: 'C1',
      interestRate: '3',
      isSubstituted: 'no',
    });
    expect(accounts[1]?.contracts[0]?.term).toBeUndefined();
  });

  it('fails as over REST', async () => {
    withAccounts();
    const error = await client()
      .getCustomerOverview({ bankId: 'a', body: { customerNumber: 'x' } }, { headers })
      .then(
        () => undefined,
        (cause: unknown) => cause,
      );
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: Code.NotFound });
  });
});
