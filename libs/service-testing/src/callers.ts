import { type Claims, serviceClaims, signAssertion } from '@platform/entitlements';
import type { CallContext, Rpc } from '@platform/grpc';
import { Role, rpcTable } from '@platform/messages';

export const secret = 'a secret of the tests';
export const bank = 'gh.29.uk';
/** Every role of the operations; a test about roles uses its own. */
export const allRoles = Object.values(Role).filter(
  (role): role is Role => typeof role === 'number' && role !== Role.ROLE_UNSPECIFIED,
);

/**
 * The context of a call by a service that may call the rpc, with these claims. @param key the secret that signs the
 * assertion
 */
export function contextOf(claims: Claims, key = secret): CallContext {
  return {
    assertion: (path) => signAssertion(key, rpcTable[path]?.callers[0] ?? 'gateway', claims, path, Date.now()),
    correlation_id: 'test',
    timeout_ms: 20_000,
  };
}

export function caller(bank_id: string, roles: Role[] = allRoles): CallContext {
  return contextOf({ user_id: 'user', consumer_id: 'consumer', bank_id, roles });
}

export function anonymous(bank_id: string): CallContext {
  return contextOf({ ...serviceClaims, bank_id, service: false });
}

/** A caller with every role at the request's bank; for internal rpcs, the platform itself. */
export function contextFor({ path }: Pick<Rpc<never, unknown>, 'path'>, request: object): CallContext {
  if (rpcTable[path]?.access === 'service') return contextOf(serviceClaims);
  return caller('bank_id' in request ? String(request.bank_id) : '');
}
