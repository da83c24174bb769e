import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { serviceClaims, signAssertion } from '@platform/entitlements';
import { rpc } from '@platform/grpc';
import {
  Failure,
  type Identity,
  OAuthServiceDefinition,
  type OAuthToken,
  Role,
  type SignedRequest,
} from '@platform/messages';
import {
  adminPassword,
  asUser,
  connect,
  consumerKey,
  consumerSecret,
  outcomes,
  secret as callerSecret,
  startDirectory,
  testConfig,
  userPassword,
} from './directory.js';
import { createDirectoryService } from '../src/index.js';

const initiateOAuth = rpc(OAuthServiceDefinition, 'initiateOAuth');
const getOAuthRequest = rpc(OAuthServiceDefinition, 'getOAuthRequest');
const authorizeOAuth = rpc(OAuthServiceDefinition, 'authorizeOAuth');
const exchangeOAuthToken = rpc(OAuthServiceDefinition, 'exchangeOAuthToken');
const verifyOAuthCall = rpc(OAuthServiceDefinition, 'verifyOAuthCall');

const week_ms = 7 * 24 * 3_600_000;
let now = Date.now();
let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory({}, { clock: () => now });
});
beforeEach(() => void (now = Date.now()));
afterAll(() => directory.close());

/** Calls as the gateway, with the test's clock. */
const service = () => ({
  assertion: (path: string) => signAssertion(callerSecret, 'gateway', serviceClaims, path, now),
  correlation_id: 'test',
});

interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly token?: OAuthToken;
}

/** A signed request; its content does not matter here. */
function sign(
  change: Partial<SignedRequest> = {},
  { key = consumerKey, secret = consumerSecret, token = { token: '', token_secret: '' } }: Signing = {},
): { signed: SignedRequest } {
  const signature_method = change.signature_method ?? 'HMAC-SHA1';
  const base_string = `what is signed ${randomBytes(4).toString('hex')}`;
  const hmac = createHmac(
    signature_method === 'HMAC-SHA1' ? 'sha1' : 'sha256',
    `${secret}&${token.token_secret}`,
  ).update(base_string);
  return {
    signed: {
      base_string,
      signature_method,
      signature: hmac.digest('base64'),
      consumer_key: key,
      token: token.token,
      timestamp: Math.floor(now / 1_000),
      nonce: randomBytes(8).toString('hex'),
      callback: 'oob',
      verifier: '',
      ...change,
    },
  };
}

const initiate = (change: Partial<SignedRequest> = {}, signing: Signing = {}) =>
  directory.peer.call(initiateOAuth, sign(change, signing), service());
const authorize = (token: string, username: string, password = userPassword) =>
  directory.peer.call(authorizeOAuth, { token, username, password }, service());
const exchange = (verifier: string, signing: Signing) =>
  directory.peer.call(exchangeOAuthToken, sign({ verifier }, signing), service());
const verify = (signing: Signing, change: Partial<SignedRequest> = {}): Promise<Identity> =>
  directory.peer.call(verifyOAuthCall, sign(change, signing), service());
const notAccepted = (reason: RegExp) => ({
  failure: Failure.FAILURE_OAUTH_NOT_ACCEPTED,
  detail: expect.stringMatching(reason),
});
const notRight = notAccepted(/^ OAuth 1\.0a: the consumer key, the token or the signature is not right\.$/);
const requestUnknown = notAccepted(/^ OAuth 1\.0a: the request token is unknown, used or older than ten minutes\.$/);

/** A user's access token through the first application. */
async function accessToken(username: string, signing: Signing = {}): Promise<OAuthToken> {
  const token = await initiate({}, signing);
  const { verifier } = await authorize(token.token, username);
  return exchange(verifier, { ...signing, token });
}

/** Creates another application. */
async function application(change: { secret?: string; redirect_url?: string } = {}) {
  const id = `app-${randomBytes(4).toString('hex')}`;
  const { secret = `secret of ${id}`, redirect_url = '' } = change;
  await directory.rows(
    'insert into consumer (consumer_id, consumer_key, consumer_secret, app_name, is_enabled, redirect_url, created_at) values ($1, $1, $2, $3, true, $4, now())',
    [id, secret.replaceAll(' ', '_'), `The ${id}`, redirect_url],
  );
  return { id, key: id, secret: secret.replaceAll(' ', '_') };
}

describe('the way to an access token', () => {
  it.each(['HMAC-SHA1', 'HMAC-SHA256'])(
    'leads a user through an application, signed by %s',
    async (signature_method) => {
      const user = await directory.createUser();
      const token = await initiate({ signature_method, callback: 'https://app.example.com/back' });
      expect(token).toEqual({
        token: expect.stringMatching(/^[\w-]{43}$/),
        token_secret: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(await directory.peer.call(getOAuthRequest, { token: token.token }, service())).toEqual({
        app_name: 'First application',
        callback: 'https://app.example.com/back',
      });
      const agreed = await authorize(token.token, user.username);
      expect(agreed).toEqual({
        verifier: expect.stringMatching(/^[0-9a-f]{32}$/),
        callback: 'https://app.example.com/back',
      });
      const access = await directory.peer.call(
        exchangeOAuthToken,
        sign({ signature_method, verifier: agreed.verifier }, { token }),
        service(),
      );
      const identity = await verify({ token: access }, { signature_method });
      const [consumer] = await directory.rows('select consumer_id from consumer where is_configured');
      expect(identity).toMatchObject({
        user_id: user.user_id,
        username: user.username,
        consumer_id: consumer?.['consumer_id'],
        roles: [],
        super_admin: false,
      });
    },
  );

  it('gives the identity as it is at each call', async () => {
    const admin = await directory.admin();
    const user = await directory.createUser();
    const token = await accessToken(user.username);
    expect((await verify({ token })).roles).toEqual([]);
    await directory.addEntitlement(admin.user_id, user.user_id, 'CanGetAnyUser');
    expect((await verify({ token })).roles).toEqual([{ role: Role.ROLE_CAN_GET_ANY_USER, bank_id: '' }]);
  });

  it('is for services only', async () => {
    const { user_id } = await directory.admin();
    for (const call of [
      directory.peer.call(initiateOAuth, sign(), asUser(user_id)),
      directory.peer.call(
        authorizeOAuth,
        { token: 'x', username: 'admin.user', password: adminPassword },
        asUser(user_id),
      ),
      directory.peer.call(verifyOAuthCall, sign(), asUser(user_id)),
    ]) {
      await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
    }
  });
});

describe('a request token', () => {
  it('is refused alike to an unknown key, a wrong secret, a disabled application and one without a secret', async () => {
    const [disabled, without] = [await application(), await application({ secret: '' })];
    await directory.rows('update consumer set is_enabled = false where consumer_id = $1', [disabled.id]);
    for (const signing of [
      { key: 'unknown' },
      { key: '' },
      { key: 'x\u0001é' },
      { secret: 'wrong' },
      { secret: '' },
      disabled,
      without,
    ]) {
      await expect(initiate({}, signing)).rejects.toMatchObject(notRight);
    }
    await expect(initiate({}, { token: { token: 'any', token_secret: '' } })).rejects.toMatchObject(notRight);
  });

  it('is only for a callback that the application may have', async () => {
    const own = await application({ redirect_url: 'https://app.example.com/back' });
    await initiate({ callback: 'https://app.example.com/back?state=1' }, own);
    await expect(initiate({ callback: 'https://evil.example.com/back' }, own)).rejects.toMatchObject(
      notAccepted(/below the application's registered redirect URL\.$/),
    );
    await expect(initiate({ callback: 'http://app.example.com/' })).rejects.toMatchObject(
      notAccepted(/callback must be https/),
    );
    await expect(initiate({ callback: '' })).rejects.toMatchObject(notAccepted(/callback must be/));
  });

  it('lives for ten minutes, and makes room for others then', async () => {
    const user = await directory.createUser();
    const [early, late] = [await initiate(), await initiate()];
    const { verifier } = await authorize(late.token, user.username);
    now += 10 * 60_000 + 1_000;
    await expect(directory.peer.call(getOAuthRequest, { token: early.token }, service())).rejects.toMatchObject(
      requestUnknown,
    );
    await expect(authorize(early.token, user.username)).rejects.toMatchObject(requestUnknown);
    await expect(exchange(verifier, { token: late })).rejects.toMatchObject(notRight);
    await initiate();
    expect(
      await directory.rows('select from oauth_request_token where token in ($1, $2)', [early.token, late.token]),
    ).toEqual([]);
  });

  it.each(['', 'unknown', 'with\0nul', "' or true", 'x'.repeat(10_000)])("%j is nobody's", async (token) => {
    await expect(directory.peer.call(getOAuthRequest, { token }, service())).rejects.toMatchObject(requestUnknown);
    await expect(authorize(token, 'admin.user', adminPassword)).rejects.toMatchObject(requestUnknown);
  });

  it('of an application that is disabled meanwhile is of no use', async () => {
    const own = await application();
    const user = await directory.createUser();
    const [open, agreed] = [await initiate({}, own), await initiate({}, own)];
    const { verifier } = await authorize(agreed.token, user.username);
    await directory.rows('update consumer set is_enabled = false where consumer_id = $1', [own.id]);
    await expect(directory.peer.call(getOAuthRequest, { token: open.token }, service())).rejects.toMatchObject(
      requestUnknown,
    );
    await expect(authorize(open.token, user.username)).rejects.toMatchObject(requestUnknown);
    await expect(exchange(verifier, { ...own, token: agreed })).rejects.toMatchObject(notRight);
  });
});

describe('the login', () => {
  it('happens once for each request token, however many try at the same time', async () => {
    const user = await directory.createUser();
    const { token } = await initiate();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => authorize(token, user.username)));
    expect(outcomes(tries)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_OAUTH_NOT_ACCEPTED] });
    await expect(directory.peer.call(getOAuthRequest, { token }, service())).rejects.toMatchObject(requestUnknown);
  });

  it('counts wrong passwords and locks as DirectLogin does, in the same count', async () => {
    const user = await directory.createUser();
    const { token } = await initiate();
    for (let count = 0; count < 3; count += 1) {
      await expect(authorize(token, user.username, 'wrong')).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      });
      await expect(directory.logIn(user.username, 'wrong')).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      });
    }
    for (const password of ['wrong', userPassword]) {
      await expect(authorize(token, user.username, password)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_LOCKED,
      });
    }
    await expect(directory.logIn(user.username, userPassword)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_LOCKED,
    });
    await directory.rows('delete from bad_login where username = $1', [user.username]);
    await expect(authorize(token, user.username, 'wrong')).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    });
    await authorize(token, user.username);
    expect(await directory.rows('select from bad_login where username = $1', [user.username])).toEqual([]);
  });

  it('is closed to a user whom an administrator has locked', async () => {
    const user = await directory.createUser();
    const { token } = await initiate();
    await directory.rows("insert into user_lock values ($1, 'lock_via_api', now())", [user.user_id]);
    await expect(authorize(token, user.username)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_LOCKED });
    await directory.rows('delete from user_lock where user_id = $1', [user.user_id]);
    await authorize(token, user.username);
  });

  it('refuses unknown, deleted and not yet validated users alike, and over-long values', async () => {
    const [deleted, fresh] = [await directory.createUser(), await directory.createUser()];
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [deleted.user_id]);
    await directory.rows('update app_user set is_validated = false where user_id = $1', [fresh.user_id]);
    const { token } = await initiate();
    for (const username of ['nobody.at.all', deleted.username, fresh.username, '']) {
      await expect(authorize(token, username)).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      });
    }
    for (const username of ['x'.repeat(513), 'a\0b'])
      await expect(authorize(token, username)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    // With an unknown request token, no password is checked.
    await expect(authorize('unknown', 'another.nobody')).rejects.toMatchObject(requestUnknown);
    expect(await directory.rows("select from bad_login where username = 'another.nobody'")).toEqual([]);
  });
});

describe('a verifier', () => {
  it('works once, however many try at the same time', async () => {
    const user = await directory.createUser();
    const token = await initiate();
    const { verifier } = await authorize(token.token, user.username);
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => exchange(verifier, { token })));
    expect(outcomes(tries)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_OAUTH_NOT_ACCEPTED] });
    await expect(exchange(verifier, { token })).rejects.toMatchObject(notRight);
  });

  it('is needed, and must be the one of the request token', async () => {
    const user = await directory.createUser();
    const [token, other] = [await initiate(), await initiate()];
    const unused = notAccepted(/the request token is used or not authorized, or the verifier is not right\.$/);
    await expect(exchange('', { token })).rejects.toMatchObject(unused);
    const { verifier } = await authorize(token.token, user.username);
    const { verifier: others } = await authorize(other.token, user.username);
    for (const wrong of ['', 'wrong', others]) await expect(exchange(wrong, { token })).rejects.toMatchObject(unused);
    await exchange(verifier, { token });
  });

  it('is for the application that asked, with the secrets of its own', async () => {
    const own = await application();
    const user = await directory.createUser();
    const token = await initiate({}, own);
    const { verifier } = await authorize(token.token, user.username);
    await expect(exchange(verifier, { token })).rejects.toMatchObject(notRight);
    await expect(exchange(verifier, { ...own, token: { ...token, token_secret: 'wrong' } })).rejects.toMatchObject(
      notRight,
    );
    expect(await exchange(verifier, { ...own, token })).toMatchObject({ token: expect.any(String) });
  });
});

describe('a signed call', () => {
  let user: Awaited<ReturnType<typeof directory.createUser>>;
  let token: OAuthToken;
  beforeAll(async () => {
    user = await directory.createUser();
    token = await accessToken(user.username);
  });
  const stored = async () => (await directory.rows('select count(*)::int as n from oauth_nonce'))[0]?.['n'];

  it('is accepted once: a replay is refused, by another replica too, and of many at the same time one passes', async () => {
    const again = sign({}, { token });
    await directory.peer.call(verifyOAuthCall, again, service());
    await expect(directory.peer.call(verifyOAuthCall, again, service())).rejects.toMatchObject(
      notAccepted(/the nonce has been used already\.$/),
    );
    const replica = await createDirectoryService(testConfig(directory.database_url), { clock: () => now });
    const second = connect(replica.port);
    try {
      await expect(second.peer.call(verifyOAuthCall, again, service())).rejects.toMatchObject(notAccepted(/nonce/));
      const once = sign({}, { token });
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? directory : second).peer.call(verifyOAuthCall, once, service()),
        ),
      );
      expect(outcomes(tries)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_OAUTH_NOT_ACCEPTED] });
    } finally {
      second.peer.close();
      await replica.close();
    }
  });

  it('may repeat a nonce with another timestamp or another token', async () => {
    const nonce = 'the-same';
    const other = await accessToken(user.username);
    await verify({ token }, { nonce });
    await verify({ token: other }, { nonce });
    await verify({ token }, { nonce, timestamp: Math.floor(now / 1_000) - 1 });
    await expect(verify({ token }, { nonce })).rejects.toMatchObject(notAccepted(/nonce/));
  });

  it.each<[string, Signing & { change?: Partial<SignedRequest> }]>([
    ['an unknown key', { key: 'unknown' }],
    ['an unknown token', { token: { token: 'unknown', token_secret: '' } }],
    ['no token', { token: { token: '', token_secret: '' } }],
    ['a wrong consumer secret', { secret: 'wrong' }],
    [
      'another signature method than it says',
      { change: { signature: sign({ signature_method: 'HMAC-SHA256' }).signed.signature } },
    ],
    ['no signature', { change: { signature: '' } }],
  ])('with %s is refused and stores nothing', async (_name, { change = {}, ...signing }) => {
    const before = await stored();
    await expect(verify({ token, ...signing }, change)).rejects.toMatchObject(notRight);
    expect(await stored()).toBe(before);
  });

  it('with what was altered on its way, or a wrong token secret, is refused', async () => {
    await expect(verify({ token }, { base_string: 'altered' })).rejects.toMatchObject(notRight);
    await expect(verify({ token: { ...token, token_secret: 'wrong' } })).rejects.toMatchObject(notRight);
  });

  it('by another application or with a request token is refused', async () => {
    await expect(verify({ ...(await application()), token })).rejects.toMatchObject(notRight);
    await expect(verify({ token: await initiate() })).rejects.toMatchObject(notRight);
  });

  it.each([
    [-300, true],
    [300, true],
    [-302, false],
    [302, false],
    [-1e9, false],
    [1e11, false],
  ])('with a clock that is %d seconds off is accepted: %s', async (seconds, accepted) => {
    now = Math.floor(now / 1_000) * 1_000;
    const call = verify({ token }, { timestamp: now / 1_000 + seconds });
    if (accepted) await call;
    else await expect(call).rejects.toMatchObject(notAccepted(/the timestamp is more than 300 seconds off\.$/));
  });

  it.each<[string, Partial<SignedRequest>, RegExp]>([
    ['no nonce', { nonce: '' }, /the nonce must have/],
    ['a long nonce', { nonce: 'n'.repeat(256) }, /the nonce is too long/],
    ['NUL in the nonce', { nonce: 'a\0' }, /the nonce .*NUL/],
    ['a long key', { consumer_key: 'k'.repeat(513) }, /the consumer_key is too long/],
    ['a long token', { token: 't'.repeat(256) }, /the token is too long/],
    ['PLAINTEXT', { signature_method: 'PLAINTEXT' }, /must be HMAC-SHA1 or HMAC-SHA256/],
    ['no method', { signature_method: '' }, /must be HMAC-SHA1 or HMAC-SHA256/],
  ])('with %s is refused', async (_name, change, reason) => {
    await expect(verify({ token }, change)).rejects.toMatchObject(notAccepted(reason));
  });

  it('takes a nonce of any characters, 255 of them', async () => {
    const nonce = `é😀'"\\ ${'n'.repeat(240)}`;
    await verify({ token }, { nonce });
    await expect(verify({ token }, { nonce })).rejects.toMatchObject(notAccepted(/nonce/));
  });

  it('forgets old nonces as new ones come, none that may still be replayed', async () => {
    const first = Math.floor(now / 1_000);
    await directory.rows(
      "insert into oauth_nonce select 'gone', 't', $1::bigint - 901 - n, n from generate_series(1, 12) n",
      [first],
    );
    await directory.rows("insert into oauth_nonce values ('gone', 't', $1::bigint - 899, 'young')", [first]);
    const left = async () => (await directory.rows("select nonce from oauth_nonce where consumer_id = 'gone'")).length;
    await verify({ token });
    expect(await left()).toBe(8);
    await verify({ token });
    await verify({ token });
    expect(await left()).toBe(1);
  });

  it('ends with the weeks of the token, or with the state of its user and application', async () => {
    const own = await application();
    const someone = await directory.createUser();
    const mine: Signing = { ...own, token: await accessToken(someone.username, own) };
    const state = async (sql: string, failure: Failure) => {
      await directory.rows(sql, [sql.includes('consumer') ? own.id : someone.user_id]);
      await expect(verify(mine)).rejects.toMatchObject({ failure });
    };
    await state('update consumer set is_enabled = false where consumer_id = $1', Failure.FAILURE_CONSUMER_DISABLED);
    await directory.rows('update consumer set is_enabled = true where consumer_id = $1', [own.id]);
    await state("insert into user_lock values ($1, 'lock_via_api', now())", Failure.FAILURE_USER_LOCKED);
    await directory.rows('delete from user_lock');
    await state('update app_user set is_deleted = true where user_id = $1', Failure.FAILURE_USER_DELETED);
    await directory.rows('update app_user set is_deleted = false where user_id = $1', [someone.user_id]);
    now += 4 * week_ms - 60_000;
    await verify(mine);
    now += 61_000;
    await expect(verify(mine)).rejects.toMatchObject(notRight);
    // The user's next token deletes those that have expired.
    await accessToken(someone.username, own);
    expect(await directory.rows('select from oauth_access_token where user_id = $1', [someone.user_id])).toHaveLength(
      1,
    );
  });
});

describe('the first application', () => {
  it('signs with the configured secret; a new one, or a new password of the admin, ends what was signed before', async () => {
    const token = await initiate();
    const { verifier } = await authorize(token.token, 'admin.user', adminPassword);
    const access = await exchange(verifier, { token });
    const changed = await createDirectoryService(
      testConfig(directory.database_url, {
        consumer_secret: 'another-secret-of-16',
        admin_password: 'another-admin-password',
      }),
    );
    try {
      await expect(verify({ token: access })).rejects.toMatchObject(notRight);
      await initiate({}, { secret: 'another-secret-of-16' });
      expect(await directory.rows('select from oauth_access_token where token = $1', [access.token])).toEqual([]);
    } finally {
      await changed.close();
    }
  });
});
