import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Failure, Role, type UserV200 } from '@platform/messages';
import { all, asUser, context, methods, newName, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let user: UserV200;
let user_id: string;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());
beforeEach(async () => {
  user = await directory.createUser();
  user_id = user.user_id;
});

const attributeBody = (change: object = {}) => ({ name: 'BATTERY_LEVEL', type: 'STRING', value: '90', ...change });
const staff = (role: Role) => asUser('staff', [role]);
const addMine = (change: object = {}, of = user_id) =>
  directory.peer.call(methods.createPersonalAttribute, { body: attributeBody(change) }, asUser(of));
const listMine = async (of = user_id) =>
  (await all(directory.peer.stream(methods.getPersonalAttributes, {}, asUser(of)))).flatMap(
    ({ user_attributes }) => user_attributes,
  );
const updateMine = (user_attribute_id: string, change: object = {}, of = user_id) =>
  directory.peer.call(methods.updatePersonalAttribute, { user_attribute_id, body: attributeBody(change) }, asUser(of));
const add = (of: string, change: object = {}) =>
  directory.peer.call(
    methods.createNonPersonalAttribute,
    { user_id: of, body: attributeBody(change) },
    staff(Role.ROLE_CAN_CREATE_NON_PERSONAL_USER_ATTRIBUTE),
  );
const list = async (of: string) =>
  (
    await all(
      directory.peer.stream(
        methods.getNonPersonalAttributes,
        { user_id: of },
        staff(Role.ROLE_CAN_GET_NON_PERSONAL_USER_ATTRIBUTES),
      ),
    )
  ).flatMap(({ user_attributes }) => user_attributes);
const remove = (of: string, user_attribute_id: string) =>
  directory.peer.call(
    methods.deleteNonPersonalAttribute,
    { user_id: of, user_attribute_id },
    staff(Role.ROLE_CAN_DELETE_NON_PERSONAL_USER_ATTRIBUTE),
  );
const withAttributes = (of: string) =>
  directory.peer.call(methods.getUserWithAttributes, { user_id: of }, staff(Role.ROLE_CAN_GET_USERS_WITH_ATTRIBUTES));

const markDeleted = (of: string) => directory.rows('update app_user set is_deleted = true where user_id = $1', [of]);
const missing = {
  failure: Failure.FAILURE_USER_ATTRIBUTE_NOT_FOUND,
  message: 'OBP-20081: User Attribute not found by USER_ATTRIBUTE_ID.',
};
const unknownUser = (of: string) => ({
  failure: Failure.FAILURE_USER_NOT_FOUND_BY_ID,
  message: `OBP-20057: User not found by userId. Current USER_ID(${of}) `,
});
const typeText =
  'OBP-10001: Incorrect json format. The `Type` field can only accept the following field: DOUBLE(12.1234), STRING(TAX_NUMBER), INTEGER (123)and DATE_WITH_DAY(2012-04-23)';
const wireDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const strangeIds = ['unknown', 'two words', 'a\0', '', 'x'.repeat(256)];

const badBodies: [string, object, string][] = [
  ['type', { type: 'Text' }, typeText],
  ['name', { name: 'x'.repeat(256) }, 'OBP-10001: Incorrect json format. name must not be longer than 255 characters.'],
  [
    'value',
    { value: 'x'.repeat(2001) },
    'OBP-10001: Incorrect json format. value must not be longer than 2000 characters.',
  ],
  ['NUL', { value: 'a\0' }, 'OBP-10001: Incorrect json format. value must not contain the NUL character.'],
];

describe("a user's own attributes", () => {
  it('are made, and listed newest first', async () => {
    expect(await listMine()).toEqual([]);
    const first = await addMine({ value: 'it\'s ?\\ "ok"' });
    expect(first).toEqual({
      user_attribute_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'BATTERY_LEVEL',
      type: 'STRING',
      value: 'it\'s ?\\ "ok"',
      insert_date: expect.stringMatching(wireDate),
    });
    const second = await addMine();
    await add(user_id);
    await addMine({}, (await directory.createUser()).user_id);
    expect(await listMine()).toEqual([second, first]);
    expect(
      await directory.rows('select user_id, is_personal from user_attribute where user_attribute_id = $1', [
        first.user_attribute_id,
      ]),
    ).toEqual([{ user_id, is_personal: true }]);
  });

  it('are listed in one empty message when there are none, and in several when there are many', async () => {
    const stream = () => all(directory.peer.stream(methods.getPersonalAttributes, {}, asUser(user_id)));
    expect(await stream()).toEqual([{ user_attributes: [] }]);
    await directory.rows(
      "insert into user_attribute select $1, lpad(n::text, 8, '0'), 'n', 'STRING', 'v', true, now() from generate_series(1, 401) n",
      [user_id],
    );
    const messages = await stream();
    expect(messages.map(({ user_attributes }) => user_attributes.length)).toEqual([200, 200, 1]);
    const ids = messages.flatMap(({ user_attributes }) =>
      user_attributes.map(({ user_attribute_id }) => user_attribute_id),
    );
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  });

  it.each(['STRING', 'INTEGER', 'DOUBLE', 'DATE_WITH_DAY'])('take any value for %s', async (type) => {
    expect(await addMine({ type, value: 'anything' })).toMatchObject({ type, value: 'anything' });
  });

  it('change in everything but id and date', async () => {
    const made = await addMine();
    const newer = await addMine();
    const changed = await updateMine(made.user_attribute_id, { name: 'N', type: 'INTEGER', value: '7' });
    expect(changed).toEqual({ ...made, name: 'N', type: 'INTEGER', value: '7' });
    expect(await listMine()).toEqual([newer, changed]);
  });

  it("are the user's alone: another user's, a non-personal and an unknown one are not found", async () => {
    const other = (await directory.createUser()).user_id;
    const theirs = await addMine({ value: 'theirs' }, other);
    const kept = await add(user_id, { value: 'kept' });
    for (const id of [theirs.user_attribute_id, kept.user_attribute_id, ...strangeIds])
      await expect(updateMine(id)).rejects.toMatchObject(missing);
    expect(await listMine(other)).toEqual([theirs]);
    expect(await list(user_id)).toEqual([kept]);
  });

  it.each(badBodies)('refuse a bad %s, before they look for the attribute', async (_what, change, message) => {
    await expect(addMine(change)).rejects.toMatchObject({ message });
    await expect(updateMine('unknown', change)).rejects.toMatchObject({ message });
    expect(await listMine()).toEqual([]);
  });

  it('need a body and a user who is still there', async () => {
    const none = directory.peer.call(methods.createPersonalAttribute, { body: null }, asUser(user_id));
    await expect(none).rejects.toMatchObject({ detail: ' The field body must be given.' });
    await expect(
      directory.peer.call(methods.createPersonalAttribute, { body: attributeBody() }, context()),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
    await expect(all(directory.peer.stream(methods.getPersonalAttributes, {}, context()))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
    await expect(addMine({}, 'nobody')).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
  });

  it('stay within one message together with the others, also in parallel', async () => {
    const value = '語'.repeat(2000);
    // There is room for exactly one more attribute of 6,000 bytes and its overhead.
    await directory.rows(
      "insert into user_attribute select $1, lpad(n::text, 8, '0'), 'n', 'STRING', $2, n % 2 = 0, now() from generate_series(1, 482) n",
      [user_id, value],
    );
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => (n % 2 === 0 ? addMine({ value }) : add(user_id, { value }))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(addMine({ value })).rejects.toMatchObject({
      detail: ' The attributes of a user must not take more than 3000000 bytes.',
    });
    expect((await withAttributes(user_id)).user_attributes).toHaveLength(483);
  });
});

describe('non-personal attributes of a user', () => {
  it('are made, listed newest first and deleted once', async () => {
    const first = await add(user_id);
    expect(first).toEqual({
      ...attributeBody(),
      user_attribute_id: expect.any(String),
      insert_date: expect.stringMatching(wireDate),
      is_personal: false,
    });
    const second = await add(user_id, { value: '2' });
    await addMine();
    expect(await list(user_id)).toEqual([second, first]);
    expect(await remove(user_id, first.user_attribute_id)).toEqual({});
    await expect(remove(user_id, first.user_attribute_id)).rejects.toMatchObject(missing);
    expect(await list(user_id)).toEqual([second]);
  });

  it('are deleted by one of many parallel calls', async () => {
    const { user_attribute_id } = await add(user_id);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => remove(user_id, user_attribute_id)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(missing);
  });

  it("are not found when personal, another user's or unknown", async () => {
    const other = (await directory.createUser()).user_id;
    const mine = await addMine();
    const theirs = await add(other);
    for (const id of [mine.user_attribute_id, theirs.user_attribute_id, ...strangeIds])
      await expect(remove(user_id, id)).rejects.toMatchObject(missing);
    expect(await listMine()).toHaveLength(1);
    expect(await list(other)).toEqual([theirs]);
  });

  it('are those of a known user, but the body comes first', async () => {
    await markDeleted(user_id);
    for (const id of [user_id, ...strangeIds]) {
      for (const call of [add(id), list(id), remove(id, 'unknown'), withAttributes(id)])
        await expect(call).rejects.toMatchObject(unknownUser(id));
    }
    await expect(add('unknown', { type: '' })).rejects.toMatchObject({ message: typeText });
  });

  it.each(badBodies)('refuse a bad %s', async (_what, change, message) => {
    await expect(add(user_id, change)).rejects.toMatchObject({ message });
    expect(await list(user_id)).toEqual([]);
  });

  it('need their roles and a body', async () => {
    const as = asUser(user_id);
    const refusal = (role: string) => ({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES, detail: role });
    await expect(
      directory.peer.call(methods.createNonPersonalAttribute, { user_id, body: null }, as),
    ).rejects.toMatchObject(refusal('CanCreateNonPersonalUserAttribute'));
    await expect(all(directory.peer.stream(methods.getNonPersonalAttributes, { user_id }, as))).rejects.toMatchObject(
      refusal('CanGetNonPersonalUserAttributes'),
    );
    await expect(
      directory.peer.call(methods.deleteNonPersonalAttribute, { user_id, user_attribute_id: 'a' }, as),
    ).rejects.toMatchObject(refusal('CanDeleteNonPersonalUserAttribute'));
    await expect(directory.peer.call(methods.getUserWithAttributes, { user_id }, as)).rejects.toMatchObject(
      refusal('CanGetUsersWithAttributes'),
    );
    const none = directory.peer.call(
      methods.createNonPersonalAttribute,
      { user_id, body: null },
      staff(Role.ROLE_CAN_CREATE_NON_PERSONAL_USER_ATTRIBUTE),
    );
    await expect(none).rejects.toMatchObject({ detail: ' The field body must be given.' });
  });
});

describe('getUserWithAttributes', () => {
  it('shows the user and all attributes, oldest first', async () => {
    const personal = await addMine({ value: '1' });
    const { is_personal: _not, ...nonPersonal } = await add(user_id, { value: '2' });
    const last = await addMine({ value: '3' });
    const { entitlements: _none, ...shown } = user;
    expect(await withAttributes(user_id)).toEqual({ ...shown, user_attributes: [personal, nonPersonal, last] });
  });
});

describe('findUsers', () => {
  const find = async (user_ids: string[], as = context()) =>
    (await directory.peer.call(methods.findUsers, { user_ids }, as)).user_ids;

  it('answers the ids of users who are there, each once', async () => {
    const other = (await directory.createUser()).user_id;
    const gone = (await directory.createUser()).user_id;
    await markDeleted(gone);
    expect((await find([user_id, gone, other, user_id, ...strangeIds])).sort()).toEqual([user_id, other].sort());
    expect(await find([])).toEqual([]);
    expect(await find([...Array.from({ length: 2_500 }, (_, n) => `none.${n}`), user_id])).toEqual([user_id]);
  });

  it("is the platform's alone, like batchGetUsers", async () => {
    const refusal = { failure: Failure.FAILURE_USER_HAS_MISSING_ROLES };
    await expect(find([user_id], asUser(user_id))).rejects.toMatchObject(refusal);
    await expect(
      all(directory.peer.stream(methods.batchGetUsers, { user_ids: [user_id] }, asUser(user_id))),
    ).rejects.toMatchObject(refusal);
  });
});

describe('batchGetUsers', () => {
  const get = (user_ids: string[]) => all(directory.peer.stream(methods.batchGetUsers, { user_ids }, context()));

  it('answers users who are there, each once, with all their attributes, oldest first', async () => {
    const other = await directory.createUser();
    const gone = (await directory.createUser()).user_id;
    await addMine({}, gone);
    await markDeleted(gone);
    await add(user_id, { value: '1' });
    await addMine({ value: '2' });
    const messages = await get([other.user_id, gone, user_id, other.user_id, ...strangeIds]);
    expect(messages).toHaveLength(1);
    const users = messages.flatMap((message) => message.users);
    expect(users).toHaveLength(2);
    expect(users).toEqual(expect.arrayContaining([await withAttributes(user_id), await withAttributes(other.user_id)]));
    expect(users.find((one) => one.user_id === user_id)?.user_attributes.map(({ value }) => value)).toEqual(['1', '2']);
  });

  it('answers one empty message for nobody', async () => {
    expect(await get([])).toEqual([{ users: [] }]);
    expect(await get([newName('none')])).toEqual([{ users: [] }]);
  });

  it('streams any number of users, heavy ones in messages of their own', async () => {
    await directory.rows(`
      insert into app_user select 'many.' || n, 'p', 'many.' || n, 'many.' || n, '', '', '', null, true, false, false, now() from generate_series(1, 250) n`);
    await directory.rows(
      "insert into user_attribute select 'many.' || u, lpad(n::text, 8, '0'), 'n', 'STRING', $1, true, now() from generate_series(1, 4) u, generate_series(1, 300) n",
      ['語'.repeat(2000)],
    );
    const messages = await get(Array.from({ length: 250 }, (_, n) => `many.${n + 1}`));
    const users = messages.flatMap((message) => message.users);
    expect(new Set(users.map((one) => one.user_id)).size).toBe(250);
    expect(users.filter(({ user_attributes }) => user_attributes.length === 300)).toHaveLength(4);
    expect(messages.length).toBeGreaterThan(4);
  });
});
