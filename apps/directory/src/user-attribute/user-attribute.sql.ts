import type { UserAttribute } from '@platform/messages';
import type { Statement } from '@platform/persistence';
import { attributeOverhead } from '../attributes.js';

export type AttributeRow = UserAttribute & { user_id: string };

/** $1 user ids. */
export const usersById: Statement = {
  name: 'users-by-id',
  text: `
    select user_id, email, provider_id, provider, username
    from app_user where user_id = any($1::text[]) and not is_deleted order by user_id collate "C"`,
};

/** $1 user ids. */
export const knownUsers: Statement = {
  name: 'known-users',
  text: 'select user_id from app_user where user_id = any($1::text[]) and not is_deleted',
};

/** Oldest first. $1 user ids, $2 and $3 the user and attribute after which the page starts, $4 rows. */
export const attributesOfUsers: Statement = {
  name: 'attributes-of-users',
  text: `
    select user_id, user_attribute_id, name, type, value, insert_date
    from user_attribute where user_id = any($1::text[]) and (user_id, user_attribute_id) > ($2, $3)
    order by user_id, user_attribute_id limit $4`,
};

/** Newest first. $1 user, $2 whether personal, $3 the attribute after which the page starts, $4 rows. */
export const attributesOfUser: Statement = {
  name: 'attributes-of-user',
  text: `
    select user_attribute_id, name, type, value, insert_date
    from user_attribute where user_id = $1 and is_personal = $2 and user_attribute_id < $3
    order by user_attribute_id desc limit $4`,
};

/** Makes other changes of a user's attributes wait until the transaction ends; one row if there is such a user. */
export const lockedUser = 'select from app_user where user_id = ? and not is_deleted for no key update';

/** The bytes that a user's attributes take together. */
export const bytesOfAttributes = `
  select sum(octet_length(name) + octet_length(value) + ${attributeOverhead})::integer as bytes
  from user_attribute
  where user_id = ?`;
