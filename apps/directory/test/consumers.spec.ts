import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import {
  type Consumer,
  ConsumerServiceDefinition,
  type CreateConsumerRequestJsonV510,
  type CreatedConsumer,
  Failure,
  Role,
  type UserV200,
} from '@platform/messages';
import { adminPassword, all, asUser, newName, startDirectory, userPassword } from './directory.js';

const rpcs = {
  create: rpc(ConsumerServiceDefinition, 'createConsumer'),
  createMine: rpc(ConsumerServiceDefinition, 'createMyConsumer'),
  list: rpc(ConsumerServiceDefinition, 'getConsumers'),
  get: rpc(ConsumerServiceDefinition, 'getConsumer'),
  listMine: rpc(ConsumerServiceDefinition, 'getConsumersForCurrentUser'),
  enable: rpc(ConsumerServiceDefinition, 'enableDisableConsumers'),
  setRedirect: rpc(ConsumerServiceDefinition, 'updateConsumerRedirectURL'),
  setLogo: rpc(ConsumerServiceDefinition, 'updateConsumerLogoURL'),
  setName: rpc(ConsumerServiceDefinition, 'updateConsumerName'),
};

/** In the first directory developers' applications wait for an administrator, in the second one they work at once. */
let strict: Awaited<ReturnType<typeof startDirectory>>;
let open: Awaited<ReturnType<typeof startDirectory>>;
let user: UserV200;
beforeAll(async () => {
  [strict, open] = await Promise.all([startDirectory({ consumers_enabled_by_default: false }), startDirectory()]);
  user = await strict.createUser();
});
afterAll(() => Promise.all([strict.close(), open.close()]));

const bodyOf = (change: Partial<CreateConsumerRequestJsonV510> = {}): CreateConsumerRequestJsonV510 => ({
  app_name: 'My app',
  app_type: 'Confidential',
  description: 'What it does',
  developer_email: 'dev@example.com',
  company: 'Acme',
  redirect_url: 'https://example.com/back?x=1',
  enabled: true,
  client_certificate: null,
  logo_url: null,
  ...change,
});
const create = (change: Partial<CreateConsumerRequestJsonV510> = {}): Promise<CreatedConsumer> =>
  strict.peer.call(rpcs.create, { body: bodyOf(change) }, asUser(user.user_id, [Role.ROLE_CAN_CREATE_CONSUMER]));
const createMine = (
  user_id = user.user_id,
  change: Partial<CreateConsumerRequestJsonV510> = {},
  at = strict,
): Promise<CreatedConsumer> => at.peer.call(rpcs.createMine, { body: bodyOf(change) }, asUser(user_id));
const get = (consumer_id: string, at = strict): Promise<Consumer> =>
  at.peer.call(rpcs.get, { consumer_id }, asUser('someone', [Role.ROLE_CAN_GET_CONSUMERS]));
const enable = (
  consumer_id: string,
  enabled: boolean,
  roles: Role[] = [enabled ? Role.ROLE_CAN_ENABLE_CONSUMERS : Role.ROLE_CAN_DISABLE_CONSUMERS],
) => strict.peer.call(rpcs.enable, { consumer_id, body: { enabled } }, asUser('someone', roles));
const setRedirect = (consumer_id: string, redirect_url: string, user_id = user.user_id, at = strict) =>
  at.peer.call(rpcs.setRedirect, { consumer_id, body: { redirect_url } }, asUser(user_id));
const shownOf = ({
  consumer_id,
  app_name,
  app_type,
  description,
  developer_email,
  redirect_url,
  created_by_user,
  enabled,
  created,
}: CreatedConsumer): Consumer => ({
  consumer_id,
  app_name,
  app_type,
  description,
  developer_email,
  redirect_url,
  created_by_user,
  enabled,
  created,
});

const unknownIds = ['no-such-id', '', 'with\0nul', "it's", 'x'.repeat(300)];
const unknown = (consumer_id: string) => ({
  failure: Failure.FAILURE_CONSUMER_NOT_FOUND,
  detail: ` Current ConsumerId is ${consumer_id}`,
});

describe('createConsumer', () => {
  it('stores the application and shows its secret this once', async () => {
    const created = await create({
      client_certificate: '-----BEGIN CERTIFICATE-----',
      logo_url: 'http://example.com/l.png',
    });
    const { user_id, email, provider_id, provider, username } = user;
    expect(created).toEqual({
      consumer_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      consumer_key: expect.stringMatching(/^[a-z0-9]{40}$/),
      consumer_secret: expect.stringMatching(/^[a-z0-9]{40}$/),
      app_name: expect.stringMatching(/^My app_[a-z0-9]{10}$/),
      app_type: 'Confidential',
      description: 'What it does',
      developer_email: 'dev@example.com',
      company: 'Acme',
      redirect_url: 'https://example.com/back?x=1',
      certificate_pem: '-----BEGIN CERTIFICATE-----',
      created_by_user: { user_id, email, provider_id, provider, username },
      enabled: true,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      logo_url: 'http://example.com/l.png',
    });
    expect(await get(created.consumer_id)).toEqual(shownOf(created));
    expect(
      await strict.rows('select consumer_secret from consumer where consumer_id = $1', [created.consumer_id]),
    ).toEqual([{ consumer_secret: created.consumer_secret }]);
  });

  it('is enabled as the body says, of two types, and has another name and key each time', async () => {
    const [one, other] = await Promise.all([
      create({ app_type: 'confidential', enabled: false, redirect_url: '', company: '' }),
      create({ app_type: '', company: null }),
    ]);
    expect([one.enabled, one.app_type, one.redirect_url, one.logo_url, one.certificate_pem]).toEqual([
      false,
      'Public',
      '',
      '',
      '',
    ]);
    expect(other.app_type).toBe('Public');
    expect(other.app_name).not.toBe(one.app_name);
    expect(other.consumer_key).not.toBe(one.consumer_key);
  });

  it.each<[string, Partial<CreateConsumerRequestJsonV510>]>([
    ['app_name', { app_name: 'ab' }],
    ['app_name', { app_name: '  a ' }],
    ['app_name', { app_name: 'x'.repeat(256) }],
    ['app_name', { app_name: 'abc\0' }],
    ['description', { description: ' ' }],
    ['description', { description: 'x'.repeat(2001) }],
    ['developer_email', { developer_email: 'nobody' }],
    ['developer_email', { developer_email: '' }],
    ['company', { company: 'x'.repeat(256) }],
    ['redirect_url', { redirect_url: 'example.com' }],
    ['redirect_url', { redirect_url: 'javascript:alert(1)' }],
    ['redirect_url', { redirect_url: 'https://' }],
    ['redirect_url', { redirect_url: 'https://example.com/a b' }],
    ['redirect_url', { redirect_url: `https://example.com/${'x'.repeat(1024)}` }],
    ['logo_url', { logo_url: 'data:image/png;base64,' }],
    ['client_certificate', { client_certificate: 'x'.repeat(10_001) }],
  ])('refuses a bad %s: %j', async (field, change) => {
    await expect(create(change)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      detail: expect.stringMatching(`^ ${field} `) as unknown,
    });
  });

  it('needs its role, a body, and a user that is still there', async () => {
    const call = (body: CreateConsumerRequestJsonV510 | null, user_id: string, roles: Role[]) =>
      strict.peer.call(rpcs.create, { body }, asUser(user_id, roles));
    await expect(call(bodyOf(), user.user_id, [])).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanCreateConsumer',
    });
    await expect(call(null, user.user_id, [Role.ROLE_CAN_CREATE_CONSUMER])).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
    await expect(call(bodyOf(), 'gone', [Role.ROLE_CAN_CREATE_CONSUMER])).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });
});

describe('createMyConsumer', () => {
  it('is enabled as the instance says, not the body', async () => {
    expect((await createMine(user.user_id, { enabled: true })).enabled).toBe(false);
    const developer = await open.createUser();
    const created = await createMine(developer.user_id, { enabled: false }, open);
    expect(created).toMatchObject({ enabled: true, created_by_user: { user_id: developer.user_id } });
    expect(await open.logIn(developer.username, userPassword, created.consumer_key)).not.toBe('');
  });
});

describe('the lists of applications', () => {
  it('show all newest first, in pages and messages of fifty', async () => {
    await open.rows(`
      insert into consumer (consumer_id, consumer_key, app_name, is_enabled, created_at)
      select 'listed.' || n, 'key' || n, 'App ' || n, true, '2020-01-01T00:00:00Z'::timestamptz + n / 2 * interval '1 second' from generate_series(1000, 1749) n`);
    const list = async (limit: number | null, offset: number | null) => {
      const messages = await all(
        open.peer.stream(rpcs.list, { limit, offset }, asUser('someone', [Role.ROLE_CAN_GET_CONSUMERS])),
      );
      return {
        ids: messages.flatMap(({ consumers }) => consumers.map(({ consumer_id }) => consumer_id)),
        messages: messages.length,
        first: messages[0]?.consumers[0],
      };
    };
    const whole = await list(5_000, 0);
    expect(whole.messages).toBe(16);
    expect(new Set(whole.ids).size).toBe(whole.ids.length);
    expect(whole.ids.filter((id) => id.startsWith('listed.'))).toEqual(
      Array.from({ length: 750 }, (_, n) => `listed.${1749 - n}`),
    );
    expect((await list(null, null)).ids).toEqual(whole.ids.slice(0, 50));
    expect((await list(3, 100)).ids).toEqual(whole.ids.slice(100, 103));
    expect((await list(120, 600)).ids).toEqual(whole.ids.slice(600, 720));
    expect(await list(10, 2_000)).toEqual({ ids: [], messages: 1, first: undefined });
    const [configured] = await open.rows('select consumer_id from consumer where is_configured');
    const ofNobody = whole.ids.indexOf(String(configured?.['consumer_id']));
    expect((await list(1, ofNobody)).first).toMatchObject({
      created_by_user: null,
      app_name: 'First application',
      enabled: true,
    });
    await expect(list(0, 0)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_FILTER_PARAMETERS });
    await expect(list(1, -1)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_FILTER_PARAMETERS });
  });

  it("show the user's own newest first, without secrets", async () => {
    const [developer, other] = [await strict.createUser(), await strict.createUser()];
    const [first, second] = [await createMine(developer.user_id), await createMine(developer.user_id)];
    await createMine(other.user_id);
    const listMine = async (user_id: string) =>
      (await all(strict.peer.stream(rpcs.listMine, {}, asUser(user_id)))).flatMap(({ consumers }) => consumers);
    expect(await listMine(developer.user_id)).toEqual([shownOf(second), shownOf(first)]);
    expect(await listMine('nobody')).toEqual([]);
  });

  it.each(unknownIds)('find no application %j', async (consumer_id) => {
    await expect(get(consumer_id)).rejects.toMatchObject(unknown(consumer_id));
  });
});

describe('enableDisableConsumers', () => {
  it('stops and lets go on who logged in through the application', async () => {
    const { consumer_id, consumer_key } = await create();
    const token = await strict.logIn(user.username, userPassword, consumer_key);
    expect((await strict.resolve(token)).consumer_id).toBe(consumer_id);
    expect(await enable(consumer_id, false)).toEqual({ enabled: false });
    await expect(strict.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_CONSUMER_DISABLED });
    await expect(strict.logIn(user.username, userPassword, consumer_key)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_CONSUMER_KEY,
    });
    expect((await get(consumer_id)).enabled).toBe(false);
    expect(await enable(consumer_id, true)).toEqual({ enabled: true });
    expect((await strict.resolve(token)).username).toBe(user.username);
    expect((await strict.resolve(await strict.logIn('admin.user', adminPassword))).username).toBe('admin.user');
  });

  it('asks for the role of the value, before it looks for the application', async () => {
    const refused = (detail: string) => ({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES, detail });
    await expect(enable('unknown', true, [Role.ROLE_CAN_DISABLE_CONSUMERS])).rejects.toMatchObject(
      refused('CanEnableConsumers'),
    );
    await expect(enable('unknown', false, [Role.ROLE_CAN_ENABLE_CONSUMERS])).rejects.toMatchObject(
      refused('CanDisableConsumers'),
    );
    await expect(enable('unknown', true, [])).rejects.toMatchObject(
      refused('CanEnableConsumers or CanDisableConsumers'),
    );
    const both = [Role.ROLE_CAN_DISABLE_CONSUMERS, Role.ROLE_CAN_ENABLE_CONSUMERS];
    for (const consumer_id of unknownIds)
      await expect(enable(consumer_id, true, both)).rejects.toMatchObject(unknown(consumer_id));
  });
});

describe('updateConsumerRedirectURL', () => {
  const grantRole = async (user_id: string) =>
    strict.addEntitlement((await strict.admin()).user_id, user_id, 'CanUpdateConsumerRedirectUrl');

  it('disables the application where an administrator has to look at it first', async () => {
    const developer = await strict.createUser();
    const { consumer_id } = await createMine(developer.user_id);
    await enable(consumer_id, true);
    await expect(setRedirect(consumer_id, 'https://new.example.com', developer.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanUpdateConsumerRedirectUrl',
    });
    expect(await get(consumer_id)).toMatchObject({ enabled: true, redirect_url: 'https://example.com/back?x=1' });
    await grantRole(developer.user_id);
    const changed = await setRedirect(consumer_id, 'https://new.example.com', developer.user_id);
    expect(changed).toMatchObject({
      consumer_id,
      enabled: false,
      redirect_url: 'https://new.example.com',
      created_by_user: { user_id: developer.user_id },
    });
    expect(await get(consumer_id)).toEqual(changed);
  });

  it('asks for no role and disables nothing where applications work at once', async () => {
    const developer = await open.createUser();
    const { consumer_id } = await createMine(developer.user_id, {}, open);
    expect(await setRedirect(consumer_id, '', developer.user_id, open)).toMatchObject({
      enabled: true,
      redirect_url: '',
    });
  });

  it('checks role, body, application, developer in this order', async () => {
    const [other, { consumer_id }] = [await strict.createUser(), await create()];
    await expect(setRedirect('unknown', 'bad', other.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await grantRole(other.user_id);
    await expect(setRedirect('unknown', 'bad', other.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
    await expect(setRedirect('unknown', '', other.user_id)).rejects.toMatchObject(unknown('unknown'));
    await expect(setRedirect(consumer_id, '', other.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_NOT_CONSUMER_DEVELOPER,
    });
    expect(await get(consumer_id)).toMatchObject({ enabled: true, redirect_url: 'https://example.com/back?x=1' });
    const [configured] = await strict.rows('select consumer_id from consumer where is_configured');
    await expect(setRedirect(String(configured?.['consumer_id']), '', other.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_NOT_CONSUMER_DEVELOPER,
    });
  });
});

describe('updateConsumerLogoURL and updateConsumerName', () => {
  const setLogo = (consumer_id: string, logo_url: string, roles = [Role.ROLE_CAN_UPDATE_CONSUMER_LOGO_URL]) =>
    strict.peer.call(rpcs.setLogo, { consumer_id, body: { logo_url } }, asUser('someone', roles));
  const setName = (consumer_id: string, app_name: string, roles = [Role.ROLE_CAN_UPDATE_CONSUMER_NAME]) =>
    strict.peer.call(rpcs.setName, { consumer_id, body: { app_name } }, asUser('someone', roles));

  it('change one thing each, also at the same time', async () => {
    const created = await create();
    const app_name = newName('App');
    const [logo] = await Promise.all([
      setLogo(created.consumer_id, 'https://example.com/n.png'),
      setName(created.consumer_id, app_name),
    ]);
    expect(logo.consumer_id).toBe(created.consumer_id);
    expect(await get(created.consumer_id)).toEqual({ ...shownOf(created), app_name });
    const stored = () => strict.rows('select logo_url from consumer where consumer_id = $1', [created.consumer_id]);
    expect(await stored()).toEqual([{ logo_url: 'https://example.com/n.png' }]);
    await setLogo(created.consumer_id, '');
    expect(await stored()).toEqual([{ logo_url: '' }]);
  });

  it('refuse bad values, unknown applications and callers without the role', async () => {
    const { consumer_id } = await create();
    for (const bad of ['ftp://example.com', 'x'.repeat(2_000), 'http://a\0'])
      await expect(setLogo(consumer_id, bad)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const bad of ['', 'ab', 'x'.repeat(256), 'abc\0'])
      await expect(setName(consumer_id, bad)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const id of unknownIds) {
      await expect(setLogo(id, '')).rejects.toMatchObject(unknown(id));
      await expect(setName(id, 'name')).rejects.toMatchObject(unknown(id));
    }
    await expect(setLogo(consumer_id, '', [])).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanUpdateConsumerLogoUrl',
    });
    await expect(setName(consumer_id, 'name', [])).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanUpdateConsumerName',
    });
  });
});
