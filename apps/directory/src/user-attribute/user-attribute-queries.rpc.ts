import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { UserAttribute, UserAttributeServiceDefinition, UserWithAttributes } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { partsOf } from '@platform/runtime';
import { messageBytes, withRows } from '../pages.js';
import type { UserRow } from '../user/user.sql.js';
import { type AttributeRow, attributesOfUser, attributesOfUsers, knownUsers, usersById } from './user-attribute.sql.js';
import { userUnknownById } from './user-unknown.js';

/** Users and attributes fetched at once: this bounds the memory of a response, whatever their number. */
const userRows = 100;
const attributeRows = 200;
const idRows = 1_000;

/** The rpcs that read attributes of users: directly from columns to messages. */
export function userAttributeQueries(reader: Reader): Implementation<UserAttributeServiceDefinition> {
  return {
    getMyPersonalUserAttributes: (_request, { caller }) =>
      messagesOf(newestFirst(reader, caller.user_id, true), (user_attributes) => ({ user_attributes })),
    async *getNonPersonalUserAttributes({ user_id }) {
      if ((await knownOf(reader, [user_id])).length === 0) userUnknownById(user_id);
      yield* messagesOf(newestFirst(reader, user_id, false), (rows) => ({
        user_attributes: rows.map((row) => ({ ...row, is_personal: false })),
      }));
    },
    async getUserWithAttributes({ user_id }) {
      for await (const [user] of usersOf(reader, [user_id])) return user ?? userUnknownById(user_id);
      return userUnknownById(user_id);
    },
    async findUsers({ user_ids }) {
      const found: string[] = [];
      for (const portion of partsOf([...new Set(user_ids)], idRows)) found.push(...(await knownOf(reader, portion)));
      return { user_ids: found };
    },
    batchGetUsers: ({ user_ids }) =>
      messagesOf(usersOf(reader, user_ids), (users) => ({ users }), { most: messageBytes, weightOf: maxBytes }),
  };
}

async function knownOf(reader: Reader, user_ids: readonly string[]): Promise<string[]> {
  const rows = await reader.rows<{ user_id: string }>({ ...knownUsers, values: [user_ids.filter(isId)] });
  return rows.map(({ user_id }) => user_id);
}

/** In pages, each of which fits into a message. */
function newestFirst(reader: Reader, user_id: string, is_personal: boolean): AsyncGenerator<UserAttribute[]> {
  // "~" sorts after every id: ids consist of letters, digits and "-._".
  return pagesOf(attributeRows, (last, rows) =>
    reader.page({ ...attributesOfUser, values: [user_id, is_personal, last?.user_attribute_id ?? '~', rows] }),
  );
}

/** Users that exist; one query for the users of a portion and, unless there are many, one for their attributes. */
async function* usersOf(reader: Reader, user_ids: readonly string[]): AsyncGenerator<UserWithAttributes[]> {
  for (const wanted of partsOf([...new Set(user_ids.filter(isId))], userRows)) {
    const users = await reader.page<UserRow>({ ...usersById, values: [wanted] });
    const ids = users.map(({ user_id }) => user_id);
    const attributes = pagesOf<AttributeRow>(attributeRows, (last) =>
      reader.page({
        ...attributesOfUsers,
        values: [ids, last?.user_id ?? '', last?.user_attribute_id ?? '', attributeRows],
      }),
    );
    for await (const complete of withRows(users, attributes, (row, user) => row.user_id === user.user_id))
      yield complete.map(({ owner, own }) => ({ ...owner, user_attributes: own }));
  }
}

/** An upper bound, from the length limits of the texts; three bytes for each JavaScript character. */
function maxBytes({ user_attributes }: UserWithAttributes): number {
  return user_attributes.reduce((bytes, { value }) => bytes + 2_000 + 3 * value.length, 6_000);
}
