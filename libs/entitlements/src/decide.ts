import { type Role, roleTable } from '@platform/messages';

/** A role that a user holds: at a bank, or at none (`bank_id` empty) for system roles. */
export interface HeldRole {
  readonly role: Role;
  readonly bank_id: string;
}

/** What an operation requires of its caller. */
export interface Requirement {
  readonly access: 'user' | 'public' | 'service';
  /** Any one of them is enough; empty when none is needed. */
  readonly roles: readonly Role[];
}

/**
 * The only place that decides by roles. A bank role counts only at `bank_id`, a system role only when it is held at no
 * bank.
 * @returns the required roles that the caller holds; undefined when one is needed and none is held
 */
export function decide(requirement: Requirement, held: readonly HeldRole[], bank_id: string): Role[] | undefined {
  const granted = requirement.roles.filter((role) => {
    const at = needsBank(role) ? bank_id : '';
    if (needsBank(role) && bank_id === '') return false;
    return held.some((one) => one.role === role && one.bank_id === at);
  });
  return granted.length > 0 || requirement.roles.length === 0 ? granted : undefined;
}

/** The tail of OBP-20006, e.g. "CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(gh.29.uk)." */
export function missingRoles(roles: readonly Role[], bank_id: string): string {
  const names = roles.map((role) => info(role).name).join(' or ');
  return roles.some(needsBank) ? `${names} for BankId(${bank_id}).` : names;
}

/** Whether the number is a known role; another version of the contract may have more. */
export function isRole(role: number): role is Role {
  return roleTable[role] !== undefined;
}

/** Whether the role is held at a bank (true) or at none (false). */
export function needsBank(role: Role): boolean {
  return info(role).requires_bank_id;
}

/** The role's name on the wire, e.g. "CanCreateCustomer". */
export function roleName(role: Role): string {
  return info(role).name;
}

/** The role of that name, if there is one. */
export function roleNamed(name: string): Role | undefined {
  return byName.get(name);
}

/** Every role's name in alphabetical order. */
export function roleNames(): string[] {
  return [...byName.keys()].sort();
}

const byName: ReadonlyMap<string, Role> = new Map(
  Object.entries(roleTable).map(([role, { name }]) => [name, Number(role) as Role]),
);

function info(role: Role) {
  const found = roleTable[role];
  if (found === undefined) throw new Error(`role ${role} is not declared in role.proto`);
  return found;
}
