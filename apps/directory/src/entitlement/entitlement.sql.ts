import type { Statement } from '@platform/persistence';

/** Rows after ($n created_at, $n+1 id), the newest first. */
const after = (first: number) =>
  `(e.created_at, e.entitlement_id) < ($${first}::timestamptz, $${first + 1}) order by e.created_at desc, e.entitlement_id desc limit $${first + 2}`;

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
