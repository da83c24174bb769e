import { fail, UntrustedCaller } from '@platform/failure';
import { type CallerAssertion, Failure, rpcTable } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import { type KnownAssertions, verifyAssertion } from './assertion.js';
import { decide, isRole, missingRoles, needsBank } from './decide.js';

/**
 * Decides whether an rpc may run.
 * @throws ObpFailure OBP-20001 without an assertion, OBP-20006 when the caller may not call the rpc, OBP-01000 when
 * clocks differ
 * @throws UntrustedCaller for an assertion that this platform did not sign, or that is for another rpc
 */
export type Authorizer = (path: string, request: unknown, assertion: Uint8Array | undefined) => CallerAssertion;

export interface AuthorizerOptions {
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * The second of the two role checks: each service repeats it, from the caller assertion alone. The assertion must name
 * the same bank as the request.
 */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const callerOf = createVerifier(options);
  return (path, request, bytes) => {
    const rule = rpcTable[path];
    if (rule === undefined) return fail(Failure.FAILURE_NOT_IMPLEMENTED);
    const caller = callerOf(bytes, path);
    if (!rule.callers.includes(caller.issuer)) return denied(`${rule.callers.join(' or ')}.`);
    if (rule.access === 'service') return caller.service ? caller : denied('the platform itself');
    if (rule.access === 'user' && caller.user_id === '') return fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    const bank_id = rule.bank_scoped ? (request as { bank_id: string }).bank_id : '';
    if (rule.bank_scoped && caller.bank_id !== bank_id) return denied(`a caller at BankId(${bank_id}).`);
    // A peer of another version may send roles that this version does not know: they are ignored.
    const held = caller.roles.filter(isRole).map((role) => ({ role, bank_id: needsBank(role) ? caller.bank_id : '' }));
    if (decide(rule, held, bank_id) === undefined) return denied(missingRoles(rule.roles, bank_id));
    return caller;
  };
}

/** A peer with a wrong secret or clock fails in many calls: one log line each second is enough. */
const warnEach_ms = 1_000;

/**
 * Reads the caller from an assertion. A wrong assertion is not the client's fault: the client must not be told that it
 * is logged out.
 */
function createVerifier({
  secret,
  clock,
  log,
}: AuthorizerOptions): (bytes: Uint8Array | undefined, path: string) => CallerAssertion {
  const known: KnownAssertions = new WeakMap();
  let warned_at = -Infinity;
  const warn = (now: number, about: object, text: string) => {
    if (Math.abs(now - warned_at) < warnEach_ms) return;
    warned_at = now;
    log.warn(about, text);
  };
  return (bytes, path) => {
    if (bytes === undefined) return fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    const now = clock();
    const verified = verifyAssertion(secret, bytes, path, now, known);
    if ('assertion' in verified) return verified.assertion;
    const { refused, issuer, issued_at } = verified;
    if (refused === 'untimely') {
      warn(
        now,
        { rpc: path, issuer, clock_there: isoOf(issued_at), clock_here: isoOf(now) },
        'a caller assertion is from another time: set the clocks',
      );
      return fail(Failure.FAILURE_REQUEST_TIMEOUT);
    }
    warn(now, { rpc: path, issuer, refused }, 'a caller assertion is not valid: is CALLER_SECRET the same everywhere?');
    throw new UntrustedCaller();
  };
}

const isoOf = (time = 0) => new Date(time).toISOString();

function denied(detail: string): never {
  return fail(Failure.FAILURE_USER_HAS_MISSING_ROLES, detail);
}
