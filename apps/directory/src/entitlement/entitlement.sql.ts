import type { Statement } from '@platform/persistence';

/** Rows after ($n created_at, $n+1 id), the newest first. */
const after = (first: number) =>
  `(e.created_at, e.entitlement_id) < ($${first}::timestamptz, $${first + 1}) order by e.created_at desc, e.entitlement_id desc limit $${first + 2}`;

/** Newest first. $1 user. */
export const entitlementsHeld: Statement = {
  name: 'entitlements-of-user',
  text: `
  select entitlement_id, role_name, bank_id
  from entitlement
  where user_id = $1
  order by created_at desc, entitlement_id desc`,
};

/** One row if the user is a super admin. $1 user, $2 the configured super admins. */
export const superAdmin: Statement = {
  name: 'is-super-admin',
  text: 'select from app_user where user_id = $1 and (is_super_admin or user_id = any($2::text[]))',
};

/** $1 bank, $2 and $3 the time and entitlement after which the page starts, $4 rows. */
export const entitlementsOfBank: Statement = {
  name: 'entitlements-of-bank',
  text: `
    select e.entitlement_id, e.role_name, e.bank_id, e.user_id, e.created_at
    from entitlement e where e.bank_id = $1 and ${after(2)}`,
};

const withNames = `
  select e.entitlement_id, e.role_name, e.bank_id, e.user_id, u.username, e.created_at
  from entitlement e join app_user u on u.user_id = e.user_id`;

/** $1 and $2 the time and entitlement after which the page starts, $3 rows. */
export const allEntitlements: Statement = { name: 'all-entitlements', text: `${withNames} where ${after(1)}` };

/** $1 role, $2 and $3 the time and entitlement after which the page starts, $4 rows. */
export const entitlementsOfRole: Statement = {
  name: 'entitlements-of-role',
  text: `${withNames} where e.role_name = $1 and ${after(2)}`,
};

/** Grants a role unless the user holds it. Values: entitlement, user, role, bank, time; one row if it was granted. */
export const grantUnlessHeld = `
  insert into entitlement (entitlement_id, user_id, role_name, bank_id, created_by_process, created_at)
  values (?, ?, ?, ?, 'create_just_in_time_entitlements', ?)
  on conflict (user_id, role_name, bank_id) do nothing
  returning entitlement_id`;

/** A user, who then cannot be deleted until the transaction ends. */
export const heldUser = 'select from app_user where user_id = ? and not is_deleted for key share';

/** The same for a user by its provider and its id there. */
export const heldUserOfProvider = 'select user_id from app_user where provider = ? and provider_id = ? for key share';

/** Inserts a user unless it exists. Values: user, provider, id there, name, time; one row if it was inserted. */
export const insertUserOfProvider = `
  insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at)
  values (?, ?, ?, ?, '', '', '', true, ?)
  on conflict (provider, provider_id) do nothing
  returning user_id`;
