import type { EntityManager } from '@mikro-orm/postgresql';
import { isRole, needsBank, roleName } from '@platform/entitlements';
import { bind, type BoundService } from '@platform/grpc';
import { type DescribeRolesRequest, type RoleHolding, RoleHoldingServiceDefinition } from '@platform/messages';
import { autocommit } from '@platform/persistence';
import type { DirectoryConfig } from '../config.js';
import { EntitlementRequestSchema } from '../entitlement-request/entitlement-request.entity.js';
import type { Parts } from '../parts.js';
import { ScopeSchema } from '../scope/scope.entity.js';
import { mayGrant } from './authority.js';
import { EntitlementSchema } from './entitlement.entity.js';

/** Which roles users and applications hold. */
export function createRoleHoldingService({ orm, config }: Parts): BoundService {
  return bind(RoleHoldingServiceDefinition, {
    describeRoles: async (request) => ({
      roles: await autocommit(orm, {}, (em) => describeRoles(em, config, request)),
    }),
  });
}

interface Row {
  readonly role_name: string;
  readonly bank_id: string;
}

async function describeRoles(
  em: EntityManager,
  config: DirectoryConfig,
  { user_id, consumer_id, roles, at_bank_id }: DescribeRolesRequest,
): Promise<RoleHolding[]> {
  // A role at a bank is held at none without it.
  const bankOf = (role: RoleHolding['role']): string => (needsBank(role) ? at_bank_id : '');
  const known = roles.filter(isRole);
  const wanted = known.map((role) => ({ role_name: roleName(role), bank_id: bankOf(role) }));
  const entitlements = await em.find(EntitlementSchema, { user_id, $or: wanted });
  const scopes = await em.find(ScopeSchema, { consumer_id, $or: wanted });
  const requests = await em.find(EntitlementRequestSchema, { user_id, $or: wanted });
  const grantable = new Map<string, boolean>();
  for (const { bank_id } of wanted)
    if (!grantable.has(bank_id)) grantable.set(bank_id, await mayGrant(em, { user_id, consumer_id }, bank_id, config));
  return known.map((role) => {
    const bank_id = bankOf(role);
    const isIt = (row: Row) => row.role_name === roleName(role) && row.bank_id === bank_id;
    return {
      role,
      by_user: entitlements.some(isIt),
      by_consumer: scopes.some(isIt),
      entitlement_request_id: requests.find(isIt)?.entitlement_request_id ?? null,
      may_grant: grantable.get(bank_id) === true,
    };
  });
}
