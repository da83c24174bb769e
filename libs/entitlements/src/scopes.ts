import type { Role } from '@platform/messages';
import { decide, type HeldRole, type Requirement } from './decide.js';

/** Whether the roles of applications, called scopes, count. */
export interface ScopePolicy {
  /** Whether a role needs the scope too. */
  readonly needsScope: (role: Role) => boolean;
  /** Either is enough. */
  readonly entitlementOrScope: boolean;
}

export interface Holder {
  readonly roles: readonly HeldRole[];
  readonly scopes: readonly HeldRole[];
}

/** The roles that open the operation, or who misses one. */
export type Decision = { readonly granted: Role[] } | { readonly missing: 'user' | 'consumer' };

/** Decides by the roles of the user and, as far as the policy says, of the application. */
export function decideWithScopes(requirement: Requirement, holder: Holder, bank_id: string, policy: ScopePolicy): Decision {
  const held = policy.entitlementOrScope ? [...holder.roles, ...holder.scopes] : holder.roles;
  const granted = decide(requirement, held, bank_id);
  if (granted === undefined) return { missing: 'user' };
  if (requirement.roles.length === 0) return { granted };
  const scoped = decide(requirement, holder.scopes, bank_id) ?? [];
  const open = granted.filter((role) => !policy.needsScope(role) || scoped.includes(role));
  return open.length > 0 ? { granted: open } : { missing: 'consumer' };
}
