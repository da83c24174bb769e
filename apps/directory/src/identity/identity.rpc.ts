import { type BoundService, bind } from '@platform/grpc';
import { IdentityServiceDefinition } from '@platform/messages';
import { isBankId } from '../bank/bank-id.js';
import { getRestrictions } from '../call-limits/restrictions.js';
import { takeCalls } from '../call-limits/take-calls.js';
import { grantJustInTime } from '../entitlement/just-in-time.js';
import type { Parts } from '../parts.js';
import { resolveExternalUser } from './external-user.js';
import { bankById } from './identity.sql.js';
import { logIn } from './log-in.js';
import { resolveToken } from './resolve-token.js';

/** Identifies callers with their rights, and tells which banks exist. */
export function createIdentityService(parts: Parts): BoundService {
  return bind(IdentityServiceDefinition, {
    logIn: (request, { correlation_id }) => logIn(parts, request, correlation_id),
    resolveToken: (request) => resolveToken(parts, request),
    grantJustInTime: (request, { correlation_id }) => grantJustInTime(parts, request, correlation_id),
    resolveExternalUser: (request, { correlation_id }) => resolveExternalUser(parts, request, correlation_id),
    takeCalls: (request) => takeCalls(parts.orm, request),
    getRestrictions: () => getRestrictions(parts.reader),
    async findBank({ bank_id }) {
      if (!isBankId(bank_id)) return { exists: false };
      const found = await parts.reader.rows({ ...bankById, values: [bank_id] });
      return { exists: found.length > 0 };
    },
  });
}
