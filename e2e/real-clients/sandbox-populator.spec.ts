import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Platform, startOwnPlatform, unique } from '../platform.js';
import { type Program, startProgram } from '../processes/program.js';

// OBP-Sandbox-Populator (4802138): it logs in by OpenID Connect and works under /obp/v6.0.0.

let dataDir: string;
let provider: Program;
let platform: Platform;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'identity-provider-'));
  provider = startProgram('apps/identity-provider/dist/main.js', { IDENTITY_PROVIDER_PORT: '0', DATA_DIR: dataDir });
  await provider.said('Ctrl-C');
  const [, OIDC_ISSUERS = ''] = /OIDC_ISSUERS='([^']+)'/.exec(provider.output()) ?? [];
  platform = await startOwnPlatform({ OIDC_ISSUERS });
});
afterAll(async () => {
  await platform?.close();
  await provider?.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Bank {
  readonly bank_id?: string;
  readonly bank_code?: string;
  readonly full_name?: string;
}

/** Sends its requests: a response other than 2xx becomes an error with the response's message. */
function openClient(access_token: string) {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${access_token}` };
    const answer = await fetch(`${platform.origin}/obp/v6.0.0${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const data = (await answer.json()) as { message?: string };
    if (!answer.ok) throw new Error(`${method} ${path}: ${data.message}`);
    return data as T;
  };
  /** It stops when a bank has no bank_id. */
  const bankOf = (bank: Bank): Bank & { readonly bank_id: string } => {
    const { bank_id } = bank;
    if (!bank_id) throw new Error(`no bank_id: ${JSON.stringify(bank)}`);
    return { ...bank, bank_id };
  };
  return {
    call,
    banks: async () => (await call<{ banks: Bank[] }>('GET', '/banks')).banks.map(bankOf),
    bank: async (bank_id: string) => bankOf(await call<Bank>('GET', `/banks/${bank_id}`)),
    createBank: async (bank: Bank) =>
      bankOf(await call<Bank>('POST', '/banks', { ...bank, logo: '', website: '', bank_routings: [] })),
  };
}

describe('the login of Sandbox Populator', () => {
  it('finds a provider that it knows by name, and where to send the user and to redeem the code', async () => {
    const answer = await fetch(`${platform.origin}/obp/v5.1.0/well-known`, {
      headers: { 'Content-Type': 'application/json' },
    });
    const { well_known_uris } = (await answer.json()) as { well_known_uris: { provider: string; url: string }[] };
    const known = well_known_uris.filter(
      ({ provider: name, url }) => ['keycloak', 'obp-oidc'].includes(name) && url !== '',
    );
    expect([well_known_uris, known.length]).toEqual([well_known_uris, 1]);
    const configuration = (await (await fetch(known[0]?.url ?? '')).json()) as Record<string, string>;
    expect(URL.canParse(configuration.authorization_endpoint ?? '')).toBe(true);
    expect(URL.canParse(configuration.token_endpoint ?? '')).toBe(true);
    // The state ends with a colon and the name, and the client splits it there again.
    expect(`state:${known[0]?.provider}`.split(':')).toHaveLength(2);
  });
});

describe('Sandbox Populator', () => {
  it('makes a bank with accounts, and a customer who belongs to the user', async () => {
    const name = `Popu.Lator.${unique()}`;
    const [, issuer = ''] = /^issuer +(\S+)/m.exec(provider.output()) ?? [];
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(__dirname, '../../tools/oidc-login.mjs'),
      '--username',
      name,
      '--issuer',
      issuer,
      '--json',
    ]);
    const { call, bank, banks, createBank } = openClient((JSON.parse(stdout) as { access_token: string }).access_token);

    const user = await call<{ user_id: string; email: string; username: string }>('GET', '/users/current');
    // A user without an id or an e-mail address is sent back to the login.
    expect([user.user_id, user.email]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    await platform.grant({ ...platform.admin, user_id: user.user_id }, 'CanCreateBank');

    const prefix = `${user.username
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/[aeiou]/g, '')
      .slice(0, 4)}${unique()}`;
    const wanted = { bank_id: `${prefix}-bnk-1`, full_name: `${user.username} Test Bank 1`, bank_code: `${prefix}1BW` };
    await expect(bank(wanted.bank_id)).rejects.toThrow('OBP-30001');
    expect(await createBank(wanted)).toMatchObject(wanted);
    expect(await bank(wanted.bank_id)).toMatchObject(wanted);
    expect((await banks()).filter(({ bank_id }) => bank_id.startsWith(`${prefix}-`))).toEqual([
      expect.objectContaining(wanted),
    ]);

    const at = `/banks/${wanted.bank_id}`;
    for (const role_name of [
      'CanCreateAccount',
      'CanCreateHistoricalTransactionAtBank',
      'CanCreateCustomer',
      'CanGetCustomersAtOneBank',
      'CanCreateUserCustomerLink',
      'CanGetUserCustomerLink',
      'CanCreateCustomerLink',
    ]) {
      // It continues without a role that it is not granted.
      await call('POST', `/users/${user.user_id}/entitlements`, { bank_id: wanted.bank_id, role_name }).catch(
        () => undefined,
      );
    }
    const account = await call<Record<string, unknown>>('POST', `${at}/accounts`, {
      label: 'Account 1',
      currency: 'BWP',
      balance: { amount: '0', currency: 'BWP' },
      user_id: user.user_id,
      product_code: '',
      branch_id: '',
      account_routings: [],
    });
    expect(account).toMatchObject({ account_id: expect.stringMatching(/./), label: 'Account 1' });

    expect(await call('GET', `${at}/user_customer_links/users/${user.user_id}`)).toMatchObject({
      user_customer_links: [],
    });
    const customer = await call<{ customer_id: string; legal_name: string }>('POST', `${at}/customers`, {
      legal_name: `${user.username} (Individual)`,
      mobile_phone_number: '+267 70 000 0001',
      email: user.email,
      kyc_status: true,
      credit_limit: { currency: 'BWP', amount: '50000' },
      credit_rating: { rating: 'A', source: 'OBP' },
      last_ok_date: '2026-03-30T09:54:06Z',
    });
    await call('POST', `${at}/user_customer_links`, { user_id: user.user_id, customer_id: customer.customer_id });
    const { customer_id } = customer;
    expect(await call('GET', `${at}/user_customer_links/users/${user.user_id}`)).toMatchObject({
      user_customer_links: [{ customer_id }],
    });
    // When it runs again, it finds its customers by name, with the role's name in v5.1.0.
    await platform.grant({ ...platform.admin, user_id: user.user_id }, `CanGetCustomers@${wanted.bank_id}`);
    const { customers } = await call<{ customers: { customer_id: string; legal_name: string }[] }>(
      'GET',
      `${at}/customers`,
    );
    expect(customers.find(({ legal_name }) => legal_name === `${user.username} (Individual)`)?.customer_id).toBe(
      customer_id,
    );
  });
});
