import type { Outcome, Trail } from '@platform/audit';
import { Audit } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import { failureCode, failureStatus, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Errand, Operation } from '../calls/backend.js';

type Kind = Outcome['kind'];

/** What each call of an operation leaves, as its proto option says. */
const kinds: Readonly<Record<Audit, Kind | undefined>> = {
  [Audit.UNSPECIFIED]: undefined,
  [Audit.EXPORT]: 'export',
  [Audit.FIREHOSE]: 'firehose',
  [Audit.DELETION]: 'deletion',
};

/** The result of a call that nobody waited for to its end. */
const incomplete = 'incomplete';

/** Tells the trail of a refusal by role, wherever it is decided; of nothing else. */
export function recordRefusal(
  trail: Pick<Trail, 'record'>,
  { operation_id }: Endpoint,
  { claims, correlation_id }: Pick<Errand, 'claims' | 'correlation_id'>,
  error: unknown,
): void {
  if (!(error instanceof ObpFailure) || !isRefusal(error.failure)) return;
  const { user_id, consumer_id, bank_id } = claims;
  trail.record(
    { operation_id, user_id, consumer_id, correlation_id },
    { kind: 'refusal', bank_id, result: failureCode(error.failure) },
  );
}

/** Whoever grants must hold the role itself: that is refused with 400, as OBP does. */
function isRefusal(failure: Failure): boolean {
  return failureStatus(failure) === 403 || failure === Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED;
}

/** The operation, which tells the trail what came of each call as far as its endpoint asks for that. */
export function audited(endpoint: Endpoint, operation: Operation, trail: Pick<Trail, 'record'>): Operation {
  const kind = kinds[endpoint.audit];
  const tell = (request: object, { claims, correlation_id }: Errand, result?: string) => {
    if (kind === undefined) return;
    const { user_id, consumer_id, bank_id } = claims;
    // What was not found may be any text.
    const outcome: Outcome =
      result === undefined ? { kind, bank_id, subject: subjectOf(endpoint, request) } : { kind, bank_id, result };
    trail.record({ operation_id: endpoint.operation_id, user_id, consumer_id, correlation_id }, outcome);
  };
  const failed = (request: object, errand: Errand, error: unknown) => {
    recordRefusal(trail, endpoint, errand, error);
    if (kind === undefined) return;
    // What fails once its reader has gone fails because of that.
    tell(
      request,
      errand,
      errand.signal().aborted
        ? incomplete
        : failureCode(error instanceof ObpFailure ? error.failure : Failure.FAILURE_UNKNOWN_ERROR),
    );
  };
  async function* watched<Part>(request: object, errand: Errand, source: AsyncIterable<Part>): AsyncGenerator<Part> {
    let told = false;
    try {
      yield* source;
      told = true;
      tell(request, errand);
    } catch (error) {
      told = true;
      failed(request, errand, error);
      throw error;
    } finally {
      // Its reader went away.
      if (!told) tell(request, errand, incomplete);
    }
  }
  const { streamAs } = operation;
  return {
    method: operation.method,
    async call(request, errand) {
      try {
        const answer = await operation.call(request, errand);
        tell(request, errand);
        return answer;
      } catch (error) {
        failed(request, errand, error);
        throw error;
      }
    },
    stream: (request, errand) => watched(request, errand, operation.stream(request, errand)),
    ...(streamAs === undefined
      ? {}
      : { streamAs: (read, request, errand) => watched(request, errand, streamAs(read, request, errand)) }),
  };
}

/** The last id of the path, beside that of the bank: what the operation is about. */
function subjectOf({ routes: [route] }: Endpoint, request: object): string {
  const fields = route.segments.flatMap((segment) =>
    'field' in segment && segment.field !== 'bank_id' ? [segment.field] : [],
  );
  const value = (request as Record<string, unknown>)[fields.at(-1) ?? ''];
  return typeof value === 'string' ? value : '';
}
