import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClaims, signAssertion } from '@platform/entitlements';
import { Failure, Role } from '@platform/messages';
import {
  adminPassword,
  consumerKey,
  context,
  methods,
  newName,
  secret,
  sha256,
  startDirectory,
  userPassword,
} from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

describe('ResolveToken', () => {
  it('answers with every role held, at banks and at none, and the application', async () => {
    const admin = await directory.admin();
    const user = await directory.createUser();
    const bank = await directory.createBank(user.user_id);
    await directory.addEntitlement(admin.user_id, user.user_id, 'CanCreateCustomer', bank.id);
    await directory.addEntitlement(admin.user_id, user.user_id, 'CanGetAnyUser');
    const identity = await directory.resolve(await directory.logIn(user.username, userPassword));
    expect(identity.roles).toHaveLength(4);
    expect(identity.roles).toEqual(
      expect.arrayContaining([
        { role: Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK, bank_id: bank.id },
        { role: Role.ROLE_CAN_READ_DYNAMIC_RESOURCE_DOCS_AT_ONE_BANK, bank_id: bank.id },
        { role: Role.ROLE_CAN_CREATE_CUSTOMER, bank_id: bank.id },
        { role: Role.ROLE_CAN_GET_ANY_USER, bank_id: '' },
      ]),
    );
    const [consumer] = await directory.rows('select consumer_id from consumer where is_configured');
    expect(identity).toMatchObject({
      username: user.username,
      consumer_id: consumer?.['consumer_id'],
      super_admin: false,
    });
  });

  it('skips a stored role that is no longer declared', async () => {
    const user = await directory.createUser();
    await directory.rows("insert into entitlement values ('gone', $1, 'CanDoWhatIsGone', '', 'manual', now())", [
      user.user_id,
    ]);
    expect((await directory.resolve(await directory.logIn(user.username, userPassword))).roles).toEqual([]);
  });

  it('shows a revoked role no longer', async () => {
    const admin = await directory.admin();
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    const { entitlement_id } = await directory.addEntitlement(admin.user_id, user.user_id, 'CanGetAnyUser');
    expect((await directory.resolve(token)).roles).toHaveLength(1);
    const as = context({ user_id: admin.user_id, roles: [Role.ROLE_CAN_DELETE_ENTITLEMENT_AT_ANY_BANK] });
    await directory.peer.call(methods.deleteEntitlement, { user_id: user.user_id, entitlement_id }, as);
    expect((await directory.resolve(token)).roles).toEqual([]);
  });

  it('refuses an unknown and an expired token without naming it', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    await directory.rows("update token set expires_at = now() - interval '1 second' where user_id = $1", [
      user.user_id,
    ]);
    for (const invalid of [token, 'unknown', '']) {
      await expect(directory.resolve(invalid)).rejects.toMatchObject({
        failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID,
        detail: '',
      });
    }
    const empty = directory.peer.call(methods.resolveToken, { token_hash: Buffer.alloc(0) }, context());
    await expect(empty).rejects.toMatchObject({ failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID });
  });

  it('lets a token end when its weeks are over', async () => {
    let now = Date.now() - 7 * 24 * 3_600_000 + 60_000;
    const aging = await startDirectory({ token_expiration_weeks: 1 }, { clock: () => now });
    try {
      const as = {
        assertion: (path: string) => signAssertion(secret, 'gateway', serviceClaims, path, now),
        correlation_id: '',
      };
      const login = { username: 'admin.user', password: adminPassword, consumer_key: consumerKey };
      const { token } = await aging.peer.call(methods.logIn, login, as);
      now = Date.now();
      expect((await aging.resolve(token)).username).toBe('admin.user');
      now += 61_000;
      const later = {
        assertion: (path: string) => signAssertion(secret, 'gateway', serviceClaims, path, now),
        correlation_id: '',
      };
      const call = aging.peer.call(methods.resolveToken, { token_hash: sha256(token) }, later);
      await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID });
    } finally {
      await aging.close();
    }
  });

  it('refuses the token of a deleted user before it looks at the lock, and of a disabled application', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    await directory.rows('update consumer set is_enabled = false where is_configured');
    await expect(directory.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_CONSUMER_DISABLED });
    await directory.rows('update consumer set is_enabled = true where is_configured');
    await directory.rows("insert into user_lock values ($1, 'lock_via_api', now())", [user.user_id]);
    await expect(directory.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_LOCKED });
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [user.user_id]);
    await expect(directory.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_DELETED });
  });
});

describe('FindBank', () => {
  it('tells whether a bank exists; what can be no id does not', async () => {
    const { user_id } = await directory.admin();
    const bank = await directory.createBank(user_id);
    const exists = async (bank_id: string) =>
      (await directory.peer.call(methods.findBank, { bank_id }, context())).exists;
    expect(await exists(bank.id)).toBe(true);
    for (const bank_id of [
      newName('bank'),
      '',
      bank.id.toUpperCase(),
      'with\0nul',
      "'; drop table bank",
      'x'.repeat(9_000),
    ])
      expect(await exists(bank_id)).toBe(false);
  });
});
