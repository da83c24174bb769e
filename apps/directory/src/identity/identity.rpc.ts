import { type BoundService, bind } from '@platform/grpc';
import { IdentityServiceDefinition } from '@platform/messages';
import { findBank } from '../bank/bank-lookup.rpc.js';
import { takeCalls } from '../call-limit/take-calls.js';
import { grantJustInTime } from '../entitlement/just-in-time-entitlement.rpc.js';
import type { Parts } from '../parts.js';
import { getRestrictions } from '../restriction/restriction.rpc.js';
import { resolveExternalUser } from './external-user.js';
import { logIn } from './log-in.js';
import { resolveToken } from './resolve-token.js';

/** Identifies callers with their rights. */
export function createIdentityService(parts: Parts): BoundService {
  return bind(IdentityServiceDefinition, {
    logIn: (request, { correlation_id }) => logIn(parts, request, correlation_id),
    resolveToken: (request) => resolveToken(parts, request),
    resolveExternalUser: (request, { correlation_id }) => resolveExternalUser(parts, request, correlation_id),
    // Deprecated: gateways of the version before call these here.
    findBank: (request) => findBank(parts.reader, request),
    grantJustInTime: (request, { correlation_id }) => grantJustInTime(parts, request, correlation_id),
    takeCalls: (request) => takeCalls(parts.orm, request),
    getRestrictions: () => getRestrictions(parts.reader),
  });
}
