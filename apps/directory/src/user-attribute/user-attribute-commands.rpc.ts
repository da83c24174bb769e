import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { Failure, type UserAttribute, type UserAttributeServiceDefinition } from '@platform/messages';
import { command, hasRow } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { changeAttributes, type NamedValue } from '../attributes.js';
import type { Parts } from '../parts.js';
import { type UserAttributeRecord, UserAttributeSchema } from './user-attribute.entity.js';
import { bytesOfAttributes as size, lockedUser } from './user-attribute.sql.js';
import { userUnknownById } from './user-unknown.js';

/** The rpcs that write attributes of users. */
export function userAttributeCommands({
  orm,
  clock,
}: Pick<Parts, 'orm' | 'clock'>): Implementation<UserAttributeServiceDefinition> {
  return {
    async createMyPersonalUserAttribute({ body }, { caller }) {
      const fields = fieldsOf(body);
      return changing(caller.user_id, callerGone, (em) => added(em, caller.user_id, fields, true));
    },
    async updateMyPersonalUserAttribute({ user_attribute_id, body }, { caller }) {
      const fields = fieldsOf(body);
      return changing(caller.user_id, callerGone, async (em) =>
        em.assign(await existing(em, caller.user_id, user_attribute_id, true), fields),
      );
    },
    async createNonPersonalUserAttribute({ user_id, body }) {
      const fields = fieldsOf(body);
      const unknown = () => userUnknownById(user_id);
      return { ...(await changing(user_id, unknown, (em) => added(em, user_id, fields, false))), is_personal: false };
    },
    async deleteNonPersonalUserAttribute({ user_id, user_attribute_id }) {
      await command(orm, {}, async (em) => {
        if (!(await hasRow(em, lockedUser, [user_id]))) userUnknownById(user_id);
        em.remove(await existing(em, user_id, user_attribute_id, false));
      });
      return {};
    },
  };

  function changing(
    user_id: string,
    unknown: () => never,
    change: (em: EntityManager) => UserAttributeRecord | Promise<UserAttributeRecord>,
  ): Promise<UserAttribute> {
    const owner = { what: 'a user', key: [user_id], locked: lockedUser, size, unknown } as const;
    return changeAttributes(orm, owner, change).then(userAttribute);
  }

  // Version 7, so ids are in the order of creation.
  function added(em: EntityManager, user_id: string, fields: NamedValue, is_personal: boolean): UserAttributeRecord {
    return em.create(UserAttributeSchema, {
      user_id,
      user_attribute_id: v7(),
      ...fields,
      is_personal,
      insert_date: wireTime(clock()),
    });
  }
}

/** The caller's user was deleted while the token was still valid. */
function callerGone(): never {
  return fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
}

/** The columns of a body, and nothing that a message may carry beside them. */
const fieldsOf = ({ name, type, value }: NamedValue): NamedValue => ({ name, type, value });

/** @throws ObpFailure OBP-20081, also for an attribute of another user or of the other kind */
async function existing(
  em: EntityManager,
  user_id: string,
  user_attribute_id: string,
  is_personal: boolean,
): Promise<UserAttributeRecord> {
  const found = await em.findOne(UserAttributeSchema, { user_id, user_attribute_id, is_personal });
  return found ?? fail(Failure.FAILURE_USER_ATTRIBUTE_NOT_FOUND);
}

function userAttribute({ user_attribute_id, name, type, value, insert_date }: UserAttributeRecord): UserAttribute {
  return { user_attribute_id, name, type, value, insert_date };
}
