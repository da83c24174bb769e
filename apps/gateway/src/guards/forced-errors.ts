import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint } from '@platform/endpoints';
import { fail, failureCode } from '@platform/failure';
import { Failure } from '@platform/messages';

/** Throws the failure that a request asks for, for testing clients. */
export type ForcedErrors = (endpoint: Endpoint, headers: IncomingHttpHeaders) => void;

/**
 * `Force-Error: OBP-nnnnn` makes an operation answer with one of its own failures.
 * @throws ObpFailure the requested one, or OBP-40035 when the header cannot be understood
 */
export const forceErrors: ForcedErrors = ({ failures }, headers) => {
  const wanted = headers['force-error'];
  if (wanted === undefined) return;
  const code = String(wanted);
  if (!/^OBP-\d{5}$/.test(code)) refuse(`${code} is no error code like OBP-20006.`);
  if (headers['response-code'] !== undefined) refuse('Response-Code is not served: each error has its own status.');
  const failure = failures.find((one) => failureCode(one as number) === code);
  if (failure === undefined) refuse(`${code} is none of this operation's errors.`);
  fail(failure as number);
};

function refuse(reason: string): never {
  return fail(Failure.FAILURE_FORCE_ERROR_INVALID, reason);
}
