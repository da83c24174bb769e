import { Access, Failure as Described } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import {
  counts,
  type Decision,
  decideWithScopes,
  missingRoles,
  needsBank,
  roleName,
  type ScopePolicy,
  scopePolicy,
} from '@platform/entitlements';
import { fail } from '@platform/failure';
import { type Call, type Implementation, rpc } from '@platform/grpc';
import {
  type AccessServiceDefinition,
  BankLookupServiceDefinition,
  Failure,
  Role,
  type RoleExplanation,
  type RoleHolding,
  RoleHoldingServiceDefinition,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import type { GatewayConfig } from '../config.js';

const findBank = rpc(BankLookupServiceDefinition, 'findBank');
const describeRoles = rpc(RoleHoldingServiceDefinition, 'describeRoles');

/** Explains by which roles the caller may call an operation. @param endpoints the operations that this instance serves */
export function accessExplanations(
  backend: Backend,
  config: GatewayConfig,
  endpoints: readonly Endpoint[],
): Implementation<AccessServiceDefinition> {
  const policy = scopePolicy(config);
  const known = new Map(endpoints.map((endpoint) => [endpoint.operation_id, endpoint]));

  const requireBank = async (bank_id: string, correlation_id: string): Promise<void> => {
    if (bank_id === '' || (await backend.asService(findBank, { bank_id }, correlation_id)).exists) return;
    fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
  };
  /** The directory is asked, not the cache: what was granted a moment ago counts. */
  const holdingsOf = async (
    roles: Role[],
    at_bank_id: string,
    { caller, correlation_id }: Call,
  ): Promise<RoleHolding[]> => {
    if (roles.length === 0) return [];
    const { user_id, consumer_id } = caller;
    return (await backend.asService(describeRoles, { user_id, consumer_id, roles, at_bank_id }, correlation_id)).roles;
  };

  return {
    async explainAccess({ operation_id, at_bank_id: asked }, call) {
      const at_bank_id = asked ?? '';
      const endpoint =
        known.get(operation_id ?? '') ??
        fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ' operation_id must be the id of an operation.');
      await requireBank(at_bank_id, call.correlation_id);
      // Both generators use the same numbers.
      const roles = endpoint.roles as readonly number[] as Role[];
      const holdings = await holdingsOf(roles, at_bank_id, call);
      const decision = decideWithScopes({ access: 'user', roles }, holderOf(holdings, at_bank_id), at_bank_id, policy);
      return {
        operation_id: endpoint.operation_id,
        at_bank_id,
        is_allowed: 'granted' in decision,
        reason: reasonOf(endpoint, decision, at_bank_id),
        roles: holdings.map((holding) => explanationOf(holding, at_bank_id, policy)),
      };
    },
  };
}

function holderOf(holdings: readonly RoleHolding[], bank_id: string) {
  const held = (isHeld: (holding: RoleHolding) => boolean) =>
    holdings.filter(isHeld).map(({ role }) => ({ role, bank_id: needsBank(role) ? bank_id : '' }));
  return { roles: held(({ by_user }) => by_user), scopes: held(({ by_consumer }) => by_consumer) };
}

function explanationOf(
  { role, by_user, by_consumer, entitlement_request_id, may_grant }: RoleHolding,
  at_bank_id: string,
  policy: ScopePolicy,
): RoleExplanation {
  const bank_id = needsBank(role) ? at_bank_id : '';
  return {
    role_name: roleName(role),
    bank_id,
    requires_bank_id: needsBank(role),
    held_by_user: by_user,
    held_by_application: by_consumer,
    needed_by: neededBy(role, policy),
    counts: counts(role, { user: by_user, consumer: by_consumer }, policy),
    entitlement_request_id: entitlement_request_id ?? null,
    granted_by: [
      ...(bank_id === ''
        ? []
        : [{ role_name: roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK), bank_id: at_bank_id }]),
      { role_name: roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK), bank_id: '' },
    ],
    current_user_may_grant: may_grant,
  };
}

function neededBy(role: Role, { entitlementOrScope, needsScope }: ScopePolicy): string {
  if (entitlementOrScope) return 'user or application';
  return needsScope(role) ? 'user and application' : 'user';
}

/** One sentence. */
function reasonOf({ access, roles, failures }: Endpoint, decision: Decision, at_bank_id: string): string {
  if (access === Access.PUBLIC) return 'No login is needed.';
  if (roles.length === 0)
    return failures.includes(Described.USER_HAS_MISSING_ROLES)
      ? 'No role is needed for every call; what the call names decides whether one is.'
      : 'No role is needed: every user may call it.';
  if ('granted' in decision) return 'A role that is needed is held.';
  if (decision.missing === 'consumer')
    return 'The user holds a role that is needed, but the application lacks its scope.';
  const named = roles as readonly number[] as Role[];
  if (at_bank_id === '' && named.some(needsBank))
    return `One of the roles is needed, at the bank of the call: ${named.map(roleName).join(' or ')}.`;
  return `One of the roles is needed: ${missingRoles(named, at_bank_id).replace(/\.?$/, '.')}`;
}
