import type { Outcome, Trail } from '@platform/audit';
import { Audit } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import { failureCode, failureStatus, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { AuthenticationType } from '../auth/caller.js';
import type { RequestContext, Operation } from '../calls/backend.js';

type Kind = Outcome['kind'];

/** The kind of event that each call of an operation leaves, by the operation's proto option. */
const kinds: Readonly<Record<Audit, Kind | undefined>> = {
  [Audit.UNSPECIFIED]: undefined,
  [Audit.EXPORT]: 'export',
  [Audit.FIREHOSE]: 'firehose',
  [Audit.DELETION]: 'deletion',
  [Audit.IMPORT]: 'import',
};

/** The result of a call whose client left before its end. */
const incomplete = 'incomplete';

/** Records a refusal by role, wherever it is decided. Other errors are not recorded. */
export function recordRefusal(
  trail: Pick<Trail, 'record'>,
  { operation_id }: Endpoint,
  { claims, correlation_id }: Pick<RequestContext, 'claims' | 'correlation_id'>,
  error: unknown,
): void {
  if (!(error instanceof ObpFailure) || !isRefusal(error.failure)) return;
  const { user_id, consumer_id, bank_id } = claims;
  trail.record(
    { operation_id, user_id, consumer_id, correlation_id },
    { kind: 'refusal', bank_id, result: failureCode(error.failure) },
  );
}

/** Records credentials that were not accepted. They name nobody: what a client claims to be is not stored. */
export function recordBadLogin(
  trail: Pick<Trail, 'record'>,
  type: AuthenticationType,
  correlation_id: string,
  failure: Failure,
): void {
  trail.record(
    { operation_id: type, user_id: '', consumer_id: '', correlation_id },
    { kind: 'login', result: failureCode(failure) },
  );
}

/** A caller may only grant a role that it holds itself; this refusal has status 400, as in OBP. */
function isRefusal(failure: Failure): boolean {
  return failureStatus(failure) === 403 || failure === Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED;
}

/** Wraps the operation so that the outcome of each call is recorded, if its endpoint asks for that. */
export function audited(endpoint: Endpoint, operation: Operation, trail: Pick<Trail, 'record'>): Operation {
  const kind = kinds[endpoint.audit];
  const tell = (request: object, { claims, correlation_id }: RequestContext, result?: string) => {
    if (kind === undefined) return;
    const { user_id, consumer_id, bank_id } = claims;
    // A failed call records no subject: an id that was not found may be any text.
    const outcome: Outcome =
      result === undefined ? { kind, bank_id, subject: subjectOf(endpoint, request) } : { kind, bank_id, result };
    trail.record({ operation_id: endpoint.operation_id, user_id, consumer_id, correlation_id }, outcome);
  };
  const failed = (request: object, requestContext: RequestContext, error: unknown) => {
    recordRefusal(trail, endpoint, requestContext, error);
    if (kind === undefined) return;
    // After the client has gone, the call fails for that reason.
    tell(
      request,
      requestContext,
      requestContext.signal().aborted
        ? incomplete
        : failureCode(error instanceof ObpFailure ? error.failure : Failure.FAILURE_UNKNOWN_ERROR),
    );
  };
  async function* watched<Part>(
    request: object,
    requestContext: RequestContext,
    source: AsyncIterable<Part>,
  ): AsyncGenerator<Part> {
    let told = false;
    try {
      yield* source;
      told = true;
      tell(request, requestContext);
    } catch (error) {
      told = true;
      failed(request, requestContext, error);
      throw error;
    } finally {
      // The reader of the stream went away.
      if (!told) tell(request, requestContext, incomplete);
    }
  }
  const { streamAs } = operation;
  return {
    method: operation.method,
    async call(request, requestContext) {
      try {
        const answer = await operation.call(request, requestContext);
        tell(request, requestContext);
        return answer;
      } catch (error) {
        failed(request, requestContext, error);
        throw error;
      }
    },
    stream: (request, requestContext) => watched(request, requestContext, operation.stream(request, requestContext)),
    ...(streamAs === undefined
      ? {}
      : {
          streamAs: (read, request, requestContext) =>
            watched(request, requestContext, streamAs(read, request, requestContext)),
        }),
  };
}

/** What the operation is about: the last id of the path other than the bank's. */
function subjectOf({ routes: [route] }: Endpoint, request: object): string {
  const fields = route.segments.flatMap((segment) =>
    'field' in segment && segment.field !== 'bank_id' ? [segment.field] : [],
  );
  const value = (request as Record<string, unknown>)[fields.at(-1) ?? ''];
  return typeof value === 'string' ? value : '';
}
