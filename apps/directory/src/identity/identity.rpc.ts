import { type BoundService, bind } from '@platform/grpc';
import { IdentityServiceDefinition } from '@platform/messages';
import { isBankId } from '../bank/bank-id.js';
import type { Parts } from '../parts.js';
import { logIn } from './log-in.js';
import { resolveToken } from './resolve-token.js';

/** Who calls, with what rights, and which banks exist. */
export function createIdentityService(parts: Parts): BoundService {
  return bind(IdentityServiceDefinition, {
    logIn: (request) => logIn(parts, request),
    resolveToken: (request) => resolveToken(parts, request),
    async findBank({ bank_id }) {
      if (!isBankId(bank_id)) return { exists: false };
      const found = await parts.reader.rows({ name: 'find-bank', text: 'select from bank where bank_id = $1', values: [bank_id] });
      return { exists: found.length > 0 };
    },
  });
}
