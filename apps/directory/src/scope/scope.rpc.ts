import { randomUUID } from 'node:crypto';
import { missingRoles, roleName } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { bind, type BoundService, type Call, type Given } from '@platform/grpc';
import { type AddScopeRequest, Failure, Role, type Scope, ScopeServiceDefinition } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { auditedCallOf } from '../audit/audit.js';
import { atBankOrAny, holdsAny, requireBank } from '../entitlement/authority.js';
import { wantedRole } from '../entitlement/wanted-role.js';
import { consumerUnknown } from '../consumer/consumer.entity.js';
import type { Parts } from '../parts.js';
import { ScopeSchema, scopeConflicts } from './scope.entity.js';
import { deleteScope, knownConsumer, scopesOfConsumer } from './scope.sql.js';

/** Roles held by applications. */
export function createScopeService(parts: Parts): BoundService {
  const { reader } = parts;
  return bind(ScopeServiceDefinition, {
    addScope: (request, call) => addScope(parts, request, call),
    async getScopes({ consumer_id }, { caller }) {
      if (!(await consumerExists(reader, caller.consumer_id))) fail(Failure.FAILURE_INVALID_CONSUMER_CREDENTIALS);
      await requireConsumer(reader, consumer_id);
      return { list: await reader.rows<Scope>({ ...scopesOfConsumer, values: [consumer_id] }) };
    },
    async deleteScope({ consumer_id, scope_id }, call) {
      await requireConsumer(reader, consumer_id);
      await parts.audit.command(auditedCallOf(call, ScopeServiceDefinition, 'deleteScope'), {}, async (em, note) => {
        const deleted = await deleteScope(em, consumer_id, scope_id);
        const { role_name: role, bank_id } = deleted ?? fail(Failure.FAILURE_SCOPE_NOT_FOUND);
        note({ kind: 'revocation', subject: consumer_id, role, bank_id });
      });
      return { value: true };
    },
  });
}

async function addScope(
  { audit, reader, clock, config }: Parts,
  request: Given<AddScopeRequest>,
  call: Call,
): Promise<Scope> {
  const { consumer_id, body } = request;
  const { bank_id } = body;
  await requireConsumer(reader, consumer_id);
  const role_name = roleName(wantedRole(body));
  return audit.command(auditedCallOf(call, ScopeServiceDefinition, 'addScope'), scopeConflicts, async (em, note) => {
    const opening = atBankOrAny(
      Role.ROLE_CAN_CREATE_SCOPE_AT_ONE_BANK,
      Role.ROLE_CAN_CREATE_SCOPE_AT_ANY_BANK,
      bank_id,
    );
    if (!(await holdsAny(em, call.caller, opening, config.scope_policy)))
      fail(
        Failure.FAILURE_USER_HAS_MISSING_ROLES,
        missingRoles(
          opening.map(({ role }) => role),
          bank_id,
        ),
      );
    await requireBank(em, bank_id);
    const { scope_id } = em.create(ScopeSchema, {
      scope_id: randomUUID(),
      consumer_id,
      role_name,
      bank_id,
      created_at: wireTime(clock()),
    });
    note({ kind: 'grant', subject: consumer_id, role: role_name, bank_id });
    return { scope_id, role_name, bank_id };
  });
}

/** Applications are never deleted, only disabled, so the result stays true. @throws ObpFailure OBP-30019 */
async function requireConsumer(reader: Reader, consumer_id: string): Promise<void> {
  if (!(await consumerExists(reader, consumer_id))) consumerUnknown(consumer_id);
}

async function consumerExists(reader: Reader, consumer_id: string): Promise<boolean> {
  return isId(consumer_id) && (await reader.rows({ ...knownConsumer, values: [consumer_id] })).length > 0;
}
