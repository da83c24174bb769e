import type { UserV200 } from '@platform/messages';
import type { Query, Statement } from '@platform/persistence';

export type UserRow = Omit<UserV200, 'entitlements'>;

/** A user as others see it. */
export interface UserRecord extends UserRow {
  readonly created_at: string;
  readonly is_deleted: boolean;
  readonly is_super_admin: boolean;
  /** By wrong passwords or by the API. */
  readonly is_locked: boolean;
}

export const userById = (user_id: string): Query => ({
  name: 'user-by-id',
  text: `
    select user_id, email, provider_id, provider, username
    from app_user
    where user_id = $1 and not is_deleted`,
  values: [user_id],
});

/** The columns of a UserRecord, from `app_user u` with `joins`. */
const columns = `
  u.user_id, u.email, u.provider_id, u.provider, u.username, u.created_at, u.is_deleted, u.is_super_admin,
  (l.user_id is not null or coalesce(b.locked_until > now(), false)) as is_locked`;

const joins = `
  left join user_lock l on l.user_id = u.user_id
  left join bad_login b on b.provider = u.provider and b.username = u.username`;

/** $1 user. Includes deleted users. */
export const userRecordById: Statement = {
  name: 'user-record-by-id',
  text: `select ${columns} from app_user u ${joins} where u.user_id = $1`,
};

/**
 * $1 provider, $2 name: the user's id at the provider, or else its name. Of several users with the name, the oldest.
 */
export const userRecordByName: Statement = {
  name: 'user-record-by-name',
  text: `
    select ${columns} from app_user u ${joins} where u.provider = $1 and (u.provider_id = $2 or u.username = $2) and not u.is_deleted
    order by u.provider_id = $2 desc, u.created_at, u.user_id limit 1`,
};

/** $1 name of a user who logs in with a password. */
export const localUserRecord: Statement = {
  name: 'local-user-record',
  text: `
    select ${columns}
    from app_user u ${joins}
    where u.username = $1 and u.password_hash is not null and not u.is_deleted`,
};

/** $1 user ids. Ordered by id. */
export const userRecordsById: Statement = {
  name: 'user-records-by-id',
  text: `select ${columns} from app_user u ${joins} where u.user_id = any($1::text[]) order by u.user_id`,
};

/** $1 address, $2 and $3 the time and user after which the page starts, $4 rows. Oldest first. */
export const userRecordsByEmail: Statement = {
  name: 'user-records-by-email',
  text: `
    select ${columns} from app_user u ${joins} where u.email = $1 and not u.is_deleted and (u.created_at, u.user_id) > ($2::timestamptz, $3)
    order by u.created_at, u.user_id limit $4`,
};

/** Which users a list shows. */
export type LockedStatus = 'active' | 'locked' | 'any';

/**
 * Selects a page of ids first, so that nothing else is read for the rows that OFFSET skips. $1 whether deleted, $2 and
 * $3 the time and user after which the page starts, $4 rows, $5 rows to skip.
 */
const listed =
  'u.is_deleted = $1 and (u.created_at, u.user_id) > ($2::timestamptz, $3) order by u.created_at, u.user_id limit $4::integer offset $5::integer';

/** Few users are locked, so they are collected first; else the planner would read all users to find enough of them. */
const locked = `
  locked as materialized (
    select user_id from user_lock
    union
    select u.user_id from bad_login b join app_user u on u.provider = b.provider and u.username = b.username where b.locked_until > now())`;

const pages: Readonly<Record<LockedStatus, string>> = {
  any: `page as materialized (select u.user_id from app_user u where ${listed})`,
  active: `${locked}, page as materialized (select u.user_id from app_user u where not exists (select from locked where locked.user_id = u.user_id) and ${listed})`,
  locked: `${locked}, page as materialized (select u.user_id from locked join app_user u using (user_id) where ${listed})`,
};

/** Users, oldest first. The statement has no name, because its plan depends on the values. */
export function userList(status: LockedStatus): string {
  return `
    with ${pages[status]} select ${columns}
    from page
    join app_user u on u.user_id = page.user_id ${joins}
    order by u.created_at, u.user_id`;
}

/**
 * Entitlements of many users; those of one user together, newest first. $1 user ids in the wanted order, $2 the
 * position among them and $3, $4 the time and entitlement after which the page starts, $5 rows.
 */
export const entitlementsOfUsers: Statement = {
  name: 'entitlements-of-users',
  text: `
    select wanted.place::integer, e.user_id, e.entitlement_id, e.role_name, e.bank_id, e.created_at
    from unnest($1::text[]) with ordinality as wanted (user_id, place) join entitlement e using (user_id)
    where wanted.place > $2 or (wanted.place = $2 and (e.created_at, e.entitlement_id) < ($3::timestamptz, $4))
    order by wanted.place, e.created_at desc, e.entitlement_id desc limit $5`,
};
