import type { Entitlement, Entitlements } from '@platform/messages';
import type { Query, Reader } from '@platform/persistence';

/** What the lists of a super admin end with. */
export const superAdminEntry: Entitlement = { entitlement_id: '', role_name: 'SuperAdmin', bank_id: '' };

type Order = 'name' | 'newest';

const orders: Readonly<Record<Order, string>> = {
  name: 'role_name, bank_id',
  newest: 'created_at desc, entitlement_id desc',
};

/** The entitlements of a user by role and bank; a super admin's end with SuperAdmin, which has no id. */
export async function entitlementsOfUser(reader: Reader, user_id: string, superAdmins: readonly string[]): Promise<Entitlements> {
  return { list: await reader.rows<Entitlement>(ofUser('name', user_id, superAdmins)) };
}

/** The same, those granted last first. */
export async function newestEntitlementsOfUser(reader: Reader, user_id: string, superAdmins: readonly string[]): Promise<Entitlements> {
  return { list: await reader.rows<Entitlement>(ofUser('newest', user_id, superAdmins)) };
}

function ofUser(order: Order, user_id: string, superAdmins: readonly string[]): Query {
  return {
    name: order === 'name' ? 'entitlements-of-user' : 'newest-entitlements-of-user',
    text: `
      select entitlement_id, role_name, bank_id from (
        select entitlement_id, role_name, bank_id, created_at, 0 as place from entitlement where user_id = $1
        union all
        select '', 'SuperAdmin', '', null, 1 from app_user where user_id = $1 and (is_super_admin or user_id = any($2::text[]))
      ) as held
      order by place, ${orders[order]}`,
    values: [user_id, superAdmins],
  };
}
