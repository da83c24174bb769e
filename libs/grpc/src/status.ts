import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { failureStatus, failureText, ObpFailure, UntrustedCaller } from '@platform/failure';
import { cutText } from '@platform/input';
import { Failure, FailureDetail, Status } from '@platform/messages';

const detailsKey = 'grpc-status-details-bin';
const detailUrl = 'type.googleapis.com/obp.api.v1.FailureDetail';

const codeOfStatus: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  408: status.DEADLINE_EXCEEDED,
  409: status.ALREADY_EXISTS,
  // A read-modify-write sequence begins again.
  412: status.ABORTED,
  413: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  501: status.UNIMPLEMENTED,
};

/** The gRPC code of a failure, by its HTTP status. */
export function codeOf(failure: Failure): status {
  return codeOfStatus[failureStatus(failure)] ?? status.INTERNAL;
}

/**
 * A detail may repeat what a client sent. With trailers over 8 KB, base64 included, clients in other languages lose the
 * status; beyond HTTP/2's limits the connection breaks, and other calls on it fail too.
 */
const detailBytes = 4_096;

/** An error as it is sent between processes. */
export interface WireError {
  readonly code: status;
  readonly text: string;
  /** A google.rpc.Status with the failure; empty when there is none. */
  readonly details: Buffer;
}

const noDetails = Buffer.alloc(0);

/**
 * A handler's error as it is sent to the caller. An error that is not a failure is sent as INTERNAL only: its cause
 * belongs in the log.
 */
export function toWire(error: unknown): WireError {
  if (error instanceof UntrustedCaller)
    return { code: status.UNAUTHENTICATED, text: error.message, details: noDetails };
  if (!(error instanceof ObpFailure))
    return { code: status.INTERNAL, text: failureText(Failure.FAILURE_UNKNOWN_ERROR), details: noDetails };
  const code = codeOf(error.failure);
  const text = failureText(error.failure);
  const value = Buffer.from(
    FailureDetail.encode({ failure: error.failure, detail: cutText(error.detail, detailBytes) }).finish(),
  );
  return {
    code,
    text,
    details: Buffer.from(Status.encode({ code, message: text, details: [{ type_url: detailUrl, value }] }).finish()),
  };
}

/** The same in grpc-js's form. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const { code, text, details } = toWire(error);
  if (details.length === 0) return { code, details: text };
  const metadata = new Metadata();
  metadata.set(detailsKey, details);
  return { code, details: text, metadata };
}

/**
 * The failure in a peer's error. An error without one keeps its gRPC code, except for codes that mean a failure here.
 */
export function fromWire(code: status, text: string, details: Buffer = noDetails): Error {
  const failure = failureIn(details) ?? failureOf(code);
  return failure ?? Object.assign(new Error(`${code} ${status[code]}: ${text}`), { code, details: text });
}

/** The same for an error of grpc-js. */
export function fromServiceError(error: ServiceError): Error {
  const details = error.metadata?.get(detailsKey)[0];
  return (Buffer.isBuffer(details) ? failureIn(details) : undefined) ?? failureOf(error.code) ?? error;
}

/** Details that cannot be read are ignored: then only the code counts. */
function failureIn(details: Buffer): ObpFailure | undefined {
  if (details.length === 0) return undefined;
  try {
    const found = Status.decode(details).details.find(({ type_url }) => type_url === detailUrl);
    if (found === undefined) return undefined;
    const { failure, detail } = FailureDetail.decode(found.value);
    return new ObpFailure(failure, detail);
  } catch {
    return undefined;
  }
}

function failureOf(code: status): ObpFailure | undefined {
  if (code === status.UNIMPLEMENTED) return new ObpFailure(Failure.FAILURE_NOT_IMPLEMENTED);
  // A service that died during a call, or that was not reached in time.
  if (code === status.DEADLINE_EXCEEDED || code === status.UNAVAILABLE)
    return new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);
  return undefined;
}
