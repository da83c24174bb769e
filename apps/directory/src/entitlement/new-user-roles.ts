import { needsBank, roleName, roleNamed } from '@platform/entitlements';
import type { Entitlement, Role } from '@platform/messages';
import { commaList } from '@platform/runtime';
import { entitlementOf, grant, type Granting } from './entitlement.entity.js';

/** What is wrong with a list of roles for new users; undefined: nothing. Names the position of the first fault. */
export function newUserRolesFault(list: string): string | undefined {
  for (const [index, name] of commaList(list).entries()) {
    const role = roleNamed(name);
    if (role === undefined) return `entry ${index + 1} must be the name of a role`;
    if (needsBank(role)) return `entry ${index + 1} must be a system role: new users hold none at a bank`;
  }
  return undefined;
}

/** The roles of a valid list, each once. */
export function newUserRoles(list: string): Role[] {
  return [...new Set(commaList(list).flatMap((name) => roleNamed(name) ?? []))];
}

/**
 * Grants a new user the configured roles; written when the command ends.
 * @returns the last granted first, as in a user's list: so by role name
 */
export function grantToNewUser(
  granting: Granting,
  user_id: string,
  roles: readonly Role[],
  created_at: string,
): Entitlement[] {
  const names = roles.map((role) => ({ role, name: roleName(role) })).sort((a, b) => (a.name < b.name ? 1 : -1));
  return names
    .map(({ role }) =>
      entitlementOf(grant(granting, role, { user_id, bank_id: '' }, 'new_user_entitlement_list', created_at)),
    )
    .reverse();
}
