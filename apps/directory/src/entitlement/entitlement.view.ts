import type { Entitlement, Entitlements } from '@platform/messages';
import type { Reader } from '@platform/persistence';

/** The entitlements of a user by role and bank; a super admin's end with SuperAdmin, which has no id. */
export async function entitlementsOfUser(reader: Reader, user_id: string, superAdmins: readonly string[]): Promise<Entitlements> {
  const list = await reader.rows<Entitlement>({
    name: 'entitlements-of-user',
    text: `
      select entitlement_id, role_name, bank_id from (
        select entitlement_id, role_name, bank_id, 0 as place from entitlement where user_id = $1
        union all
        select '', 'SuperAdmin', '', 1 from app_user where user_id = $1 and (is_super_admin or user_id = any($2::text[]))
      ) as held
      order by place, role_name, bank_id`,
    values: [user_id, superAdmins],
  });
  return { list };
}
