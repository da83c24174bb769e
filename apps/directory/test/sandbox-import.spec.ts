import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, Role, type SandboxDataImport } from '@platform/messages';
import { asUser, context, methods, newName, outcomes, startDirectory, userPassword } from './directory.js';
import {
  createCustomers,
  importer,
  importOf,
  sandbox,
  sandboxBank,
  sandboxDataImport,
  sandboxUser,
} from './sandbox.js';

let customers: Awaited<ReturnType<typeof createCustomers>>;
let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
beforeAll(async () => {
  customers = await createCustomers();
  directory = await startDirectory({ customers_address: customers.address });
  admin_id = (await directory.admin()).user_id;
});
afterAll(async () => {
  await directory.close();
  await customers.close();
});

const run = (body: SandboxDataImport | null, as = importer()) => directory.peer.call(sandboxDataImport, { body }, as);
const tables = [
  'bank',
  'app_user',
  'account',
  'account_routing',
  'entitlement',
  'consumer',
  'imported_record',
  'outbox',
];
/** The number of rows in every table. */
const counts = async () => {
  const [row] = await directory.rows(
    `select ${tables.map((table) => `(select count(*) from ${table}) as ${table}`).join(', ')}`,
  );
  return row;
};
const wait = { timeout_ms: 20_000 };

describe('sandboxDataImport', () => {
  it('makes banks, users that can log in, and accounts that they hold', async () => {
    const data = sandbox(0);
    const before = await directory.rows(
      'select (select count(*) from entitlement) as entitlements, (select count(*) from consumer) as consumers',
    );
    expect(await run(data)).toEqual({ success: 'Success' });
    const { bank_id, user_name } = data;

    expect(await directory.peer.call(methods.getBank, { bank_id }, context({ bank_id }))).toEqual({
      id: bank_id,
      bank_id,
      bank_code: 'GH',
      full_name: data.banks[0]?.full_name,
      logo: data.banks[0]?.logo,
      website: data.banks[0]?.website,
      bank_routings: [{ scheme: 'OBP', address: bank_id }],
      attributes: [],
    });
    const { user_id } = await directory.resolve(await directory.logIn(user_name, userPassword));
    expect(await directory.peer.call(methods.getCurrentUser, {}, asUser(user_id))).toMatchObject({
      email: 'robert@example.com',
      provider_id: user_name,
      provider: 'http://127.0.0.1:8080',
      username: user_name,
    });
    const core = await directory.peer.call(
      rpc(AccountServiceDefinition, 'getCoreAccountById'),
      { bank_id, account_id: 'a1' },
      asUser(user_id, [], bank_id),
    );
    expect(core).toEqual({
      id: 'a1',
      bank_id,
      label: `It's ?\\ "mine"`,
      number: '424242',
      product_code: 'CURRENT',
      balance: { currency: 'GBP', amount: '1357.90' },
      account_routings: [{ scheme: 'IBAN', address: `GB${bank_id}` }],
      views_basic: ['owner'],
    });
    // The import creates nothing else.
    expect(
      await directory.rows(
        'select (select count(*) from entitlement) as entitlements, (select count(*) from consumer) as consumers',
      ),
    ).toEqual(before);
  });

  it('keeps everything that has no place of its own as it came', async () => {
    const data = sandbox();
    await run(data);
    const kept = await directory.rows(
      'select kind, record_id, data from imported_record where bank_id = $1 order by kind',
      [data.bank_id],
    );
    expect(kept).toEqual([
      { kind: 'account', record_id: 'a1', data: data.accounts[0] },
      { kind: 'atm', record_id: 's1', data: data.atms[0] },
      { kind: 'branch', record_id: 's1', data: data.branches[0] },
      { kind: 'crm_event', record_id: 'e1', data: data.crm_events[0] },
      { kind: 'product', record_id: 'prod/1', data: data.products[0] },
      { kind: 'transaction', record_id: 'a1/t1', data: data.transactions[0] },
    ]);
  });

  it('takes eight empty lists', async () => {
    const before = await counts();
    expect(await run(importOf({}))).toEqual({ success: 'Success' });
    expect(await counts()).toEqual(before);
  });

  it('forgets what strangers tried under a name that becomes a user’s', async () => {
    const user = sandboxUser();
    for (let n = 0; n < 6; n += 1) await directory.logIn(user.user_name, 'a-wrong-password').catch(() => undefined);
    await expect(directory.logIn(user.user_name, userPassword)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_LOCKED,
    });
    await run(importOf({ users: [user] }));
    expect(await directory.logIn(user.user_name, userPassword)).not.toBe('');
  });

  it('takes a thousand accounts of one holder', async () => {
    const data = sandbox(0);
    const [one] = data.accounts;
    const accounts = Array.from({ length: 1_000 }, (_, n) => ({
      ...(one as (typeof data.accounts)[number]),
      id: `a${n}`,
      number: `${n}`,
      IBAN: n % 2 === 0 ? '' : `${data.bank_id}-${n}`,
    }));
    await directory.peer.call(sandboxDataImport, { body: { ...data, accounts } }, { ...importer(), ...wait });
    expect(await directory.rows('select from account where bank_id = $1', [data.bank_id])).toHaveLength(1_000);
    expect(await directory.rows('select from account_routing where bank_id = $1', [data.bank_id])).toHaveLength(500);
  });
});

describe('sandboxDataImport writes nothing', () => {
  const refused = async (body: SandboxDataImport | null, failure: Failure, detail: string) => {
    const before = await counts();
    await expect(run(body)).rejects.toMatchObject({ failure, detail });
    expect(await counts()).toEqual(before);
  };

  it('without a body', () => refused(null, Failure.FAILURE_INVALID_JSON_FORMAT, ' The field body must be given.'));

  // One list has a fault at its end, the others are valid: so each list is checked. Their rules have own specs.
  it.each<[string, (data: SandboxDataImport) => unknown, string]>([
    [
      'bank',
      ({ banks }) => banks.push(sandboxBank('two words')),
      ' banks[2].id must be 1 to 255 characters out of 0-9, A-Z, a-z, "-", "." and "_".',
    ],
    ['user', ({ users }) => users.push({ ...sandboxUser(), email: '' }), ' users[2].email must be an e-mail address.'],
    [
      'account',
      ({ accounts: [account] }) => account?.owners.push('nobody'),
      ' accounts[0].owners[2] must name a user of the same import.',
    ],
    [
      'transaction',
      ({ transactions }) => transactions.push(...transactions),
      ' transactions[1].id is that of transactions[0] already.',
    ],
    [
      'branch',
      ({ branches: [branch] }) => Object.assign(branch as object, { bank_id: 'none' }),
      ' branches[0].bank_id must name a bank of the same import.',
    ],
    [
      'ATM',
      ({ atms: [atm] }) => Object.assign(atm as object, { id: '' }),
      ' atms[0].id must be 1 to 255 characters out of 0-9, A-Z, a-z, "-", "." and "_".',
    ],
    [
      'product',
      ({ products: [product] }) => Object.assign(product as object, { code: '' }),
      ' products[0].code must not be empty.',
    ],
    [
      'CRM event',
      ({ crm_events: [event] }) => Object.assign(event as object, { actual_date: '2023-02-30T00:00:00Z' }),
      ' crm_events[0].actual_date must be a date like 2013-01-21T23:08:00Z.',
    ],
    [
      'too many users',
      (data) => Object.assign(data, { users: Array.from({ length: 201 }, () => sandboxUser()) }),
      ' users must not have more than 100 items.',
    ],
    [
      'too many events',
      (data) => Object.assign(data, sandbox(1_001)),
      ' crm_events must not have more than 1000 items.',
    ],
    [
      'too many items',
      ({ products: [product], products }) => {
        for (let n = 0; n < 9_999; n += 1) products.push(product as never);
      },
      ' The import must not have more than 10000 items.',
    ],
  ])('of a faulty %s', async (_what, spoil, detail) => {
    const data = sandbox();
    spoil(data);
    await refused(data, Failure.FAILURE_IMPORT_INVALID, detail);
  });

  it('of a weak password', async () => {
    const data = sandbox();
    data.users.push({ ...sandboxUser(), password: 'weak' });
    await refused(data, Failure.FAILURE_INVALID_PASSWORD_FORMAT, ' (users[2].password)');
  });

  it('when a bank is there already', async () => {
    const { id } = await directory.createBank(admin_id);
    const data = sandbox();
    data.banks.push(sandboxBank(id));
    await refused(data, Failure.FAILURE_BANK_ID_EXISTS, ` (banks[2].id: ${id})`);
  });

  it('when a user name is taken: 409', async () => {
    const { username } = await directory.createUser();
    const data = sandbox();
    data.users.push(sandboxUser(username));
    await refused(data, Failure.FAILURE_USERNAME_TAKEN, ` The username is taken (users[2].user_name: ${username}).`);
  });

  it('when an account of any bank has the IBAN', async () => {
    const bank = await directory.createBank(admin_id);
    const address = newName('IBAN');
    await directory.addAccount(admin_id, bank.id, {
      account_routings: [
        { scheme: 'IBAN', address },
        { scheme: 'OTHER', address: 'free' },
      ],
    });
    const data = sandbox();
    data.accounts.push({
      ...(data.accounts[0] as (typeof data.accounts)[number]),
      id: 'a2',
      number: '2',
      IBAN: address,
    });
    await refused(
      data,
      Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
      ` (accounts[1].IBAN, scheme: IBAN, address: ${address})`,
    );
    Object.assign(data.accounts[1] as object, { IBAN: 'free' });
    await run(data);
  });

  it('the second time', async () => {
    const data = sandbox(0);
    await run(data);
    await refused(data, Failure.FAILURE_BANK_ID_EXISTS, ` (banks[0].id: ${data.bank_id})`);
  });

  it('without the role, for whatever bank it is held, or without a login', async () => {
    const before = await counts();
    for (const as of [asUser(admin_id), asUser(admin_id, [Role.ROLE_CAN_CREATE_BANK, Role.ROLE_CAN_CREATE_ACCOUNT])]) {
      await expect(run(sandbox(), as)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
        detail: expect.stringContaining('CanCreateSandbox'),
      });
    }
    await expect(run(sandbox(), context())).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
    expect(await counts()).toEqual(before);
  });
});

describe('parallel imports', () => {
  it('of the same sandbox: one succeeds, the others find its banks, nothing is half', async () => {
    const data = sandbox(0);
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () =>
        directory.peer.call(sandboxDataImport, { body: data }, { ...importer(), ...wait }),
      ),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_BANK_ID_EXISTS] });
    expect(
      await directory.rows('select from app_user where username = any($1)', [
        data.users.map(({ user_name }) => user_name),
      ]),
    ).toHaveLength(2);
    expect(await directory.rows('select from imported_record where bank_id = $1', [data.bank_id])).toHaveLength(5);
  });

  it('of overlapping ones in opposite order: one succeeds whole', async () => {
    const [one, two] = [sandbox(0), sandbox(0)];
    const shared = [sandboxBank(), sandboxBank()];
    const bodies = [
      { ...one, banks: [...one.banks, ...shared] },
      { ...two, banks: [...[...shared].reverse(), ...two.banks] },
    ];
    const results = await Promise.allSettled(
      bodies.map((body) => directory.peer.call(sandboxDataImport, { body }, { ...importer(), ...wait })),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_BANK_ID_EXISTS] });
    const there = await directory.rows('select from bank where bank_id = any($1)', [
      bodies.flatMap(({ banks }) => banks.map(({ id }) => id)),
    ]);
    expect(there).toHaveLength(4);
  });

  it('with one IBAN at two banks: one succeeds', async () => {
    const [one, two] = [sandbox(0), sandbox(0)];
    Object.assign(two.accounts[0] as object, { IBAN: one.accounts[0]?.IBAN });
    const results = await Promise.allSettled(
      [one, two].map((body) => directory.peer.call(sandboxDataImport, { body }, { ...importer(), ...wait })),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ACCOUNT_ROUTING_EXISTS] });
  });

  it('with the making of a bank, or of a user: never both', async () => {
    const data = sandbox(0);
    const user = data.users[1]?.user_name ?? '';
    const results = await Promise.allSettled([
      run(data),
      directory.createBank(admin_id, { id: data.banks[1]?.id ?? '' }),
      directory.createUser(user),
    ]);
    const [imported, bank, name] = results.map(({ status }) => status);
    if (imported === 'fulfilled') expect([bank, name]).toEqual(['rejected', 'rejected']);
    else expect([bank, name]).toContain('fulfilled');
    expect(await directory.rows('select from bank where bank_id = $1', [data.bank_id])).toHaveLength(
      imported === 'fulfilled' ? 1 : 0,
    );
    expect(await directory.rows('select from app_user where username = $1', [user])).toHaveLength(1);
  });
});

it('an import whose caller has gone while passwords were hashed writes nothing', async () => {
  let release = () => undefined as void;
  let hashing = () => undefined as void;
  const hashes = new Promise<void>((resolve) => {
    hashing = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const hasher = {
    hash: async (password: string) => {
      calls += 1;
      // The service hashes two passwords itself at start: the dummy one and the admin's.
      if (calls <= 2) return password;
      hashing();
      await released;
      return password;
    },
    verify: async () => true,
  };
  const slow = await startDirectory({}, { hasher });
  try {
    const call = slow.peer.call(sandboxDataImport, { body: sandbox() }, { ...importer(), timeout_ms: 800 });
    await hashes;
    await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    // The service notices the timeout a moment later.
    await sleep(100);
    release();
    await sleep(200);
    expect(await slow.rows('select from bank')).toHaveLength(0);
    expect(await slow.rows('select from imported_record')).toHaveLength(0);
  } finally {
    release();
    await slow.close();
  }
});
