import type { Entitlement, Entitlements } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { entitlementsHeld, superAdmin } from './entitlement.sql.js';

/** The last entry in a super admin's list of roles, shown to other readers. It has no id and counts at every bank. */
const superAdminEntry: Entitlement = { entitlement_id: '', role_name: 'SuperAdmin', bank_id: '' };

/** The roles granted to a user, newest first. */
export async function entitlementsOfUser(reader: Reader, user_id: string): Promise<Entitlements> {
  return { list: await reader.rows<Entitlement>({ ...entitlementsHeld, values: [user_id] }) };
}

/** The same, and whether the user is a super admin. */
export async function entitlementsWithSuperAdmin(
  reader: Reader,
  user_id: string,
  superAdmins: readonly string[],
): Promise<Entitlements> {
  const [{ list }, found] = await Promise.all([
    entitlementsOfUser(reader, user_id),
    reader.rows({ ...superAdmin, values: [user_id, superAdmins] }),
  ]);
  return { list: found.length > 0 ? [...list, superAdminEntry] : list };
}
