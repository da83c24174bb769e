import type { Role } from '@platform/messages';
import { ConfigurationError } from '@platform/runtime';
import { decide, type HeldRole, type Requirement, roleNamed } from './decide.js';

/** How the roles of applications, called scopes, count. */
export interface ScopePolicy {
  /** Whether a role needs the scope too. */
  readonly needsScope: (role: Role) => boolean;
  /** Whether either the entitlement or the scope is enough. */
  readonly entitlementOrScope: boolean;
}

/** The settings of the scope policy; the gateway and the directory must have the same values. */
export interface ScopeSettings {
  readonly REQUIRE_SCOPES_FOR_ALL_ROLES: boolean;
  readonly REQUIRE_SCOPES_FOR_LISTED_ROLES: readonly string[];
  readonly ALLOW_ENTITLEMENTS_OR_SCOPES: boolean;
}

/** Reads the policy. @throws ConfigurationError for unknown roles, and for settings that exclude each other */
export function scopePolicy(settings: ScopeSettings): ScopePolicy {
  const {
    REQUIRE_SCOPES_FOR_ALL_ROLES: all,
    REQUIRE_SCOPES_FOR_LISTED_ROLES: names,
    ALLOW_ENTITLEMENTS_OR_SCOPES: either,
  } = settings;
  const listed = new Set(
    names.map((name) => roleNamed(name) ?? refuse(`REQUIRE_SCOPES_FOR_LISTED_ROLES: ${name} is no role`)),
  );
  if (either && (all || listed.size > 0))
    refuse(
      'ALLOW_ENTITLEMENTS_OR_SCOPES cannot be combined with REQUIRE_SCOPES_FOR_ALL_ROLES or REQUIRE_SCOPES_FOR_LISTED_ROLES',
    );
  return { needsScope: (role) => all || listed.has(role), entitlementOrScope: either };
}

function refuse(reason: string): never {
  throw new ConfigurationError([reason]);
}

/** Whether a role counts when it is held by the user, the application or both. */
export function counts(
  role: Role,
  by: { readonly user: boolean; readonly consumer: boolean },
  policy: ScopePolicy,
): boolean {
  if (policy.entitlementOrScope) return by.user || by.consumer;
  return by.user && (by.consumer || !policy.needsScope(role));
}

export interface Holder {
  readonly roles: readonly HeldRole[];
  readonly scopes: readonly HeldRole[];
}

/** The roles that allow the operation, or who lacks one. */
export type Decision = { readonly granted: Role[] } | { readonly missing: 'user' | 'consumer' };

/** Decides by the roles of the user and, as far as the policy says, of the application. */
export function decideWithScopes(
  requirement: Requirement,
  holder: Holder,
  bank_id: string,
  policy: ScopePolicy,
): Decision {
  const held = policy.entitlementOrScope ? [...holder.roles, ...holder.scopes] : holder.roles;
  const granted = decide(requirement, held, bank_id);
  if (granted === undefined) return { missing: 'user' };
  if (requirement.roles.length === 0) return { granted };
  const scoped = decide(requirement, holder.scopes, bank_id) ?? [];
  const open = granted.filter((role) => !policy.needsScope(role) || scoped.includes(role));
  return open.length > 0 ? { granted: open } : { missing: 'consumer' };
}
