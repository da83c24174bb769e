import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { cutText, failureStatus, failureText, ObpFailure, UntrustedCaller } from '@platform/failure';
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
  413: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  501: status.UNIMPLEMENTED,
};

/**
 * A detail may repeat what a client sent. With trailers of more than 8 KB, base64 and all, clients of other languages lose
 * the status, and beyond HTTP/2's limits the connection breaks, and with it the calls of others.
 */
const detailBytes = 4_096;

/** A handler's error as gRPC carries it. An untyped error says nothing but INTERNAL: its cause is for the log. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  if (error instanceof UntrustedCaller) return { code: status.UNAUTHENTICATED, details: error.message };
  if (!(error instanceof ObpFailure)) return { code: status.INTERNAL, details: failureText(Failure.FAILURE_UNKNOWN_ERROR) };
  const code = codeOfStatus[failureStatus(error.failure)] ?? status.INTERNAL;
  const message = failureText(error.failure);
  const value = Buffer.from(FailureDetail.encode({ failure: error.failure, detail: cutText(error.detail, detailBytes) }).finish());
  const metadata = new Metadata();
  const rich = Status.encode({ code, message, details: [{ type_url: detailUrl, value }] }).finish();
  metadata.set(detailsKey, Buffer.from(rich));
  return { code, details: message, metadata };
}

/** The failure inside a peer's error; an error without one comes back as it is, except the codes that mean something here. */
export function fromServiceError(error: ServiceError): Error {
  const bytes = error.metadata?.get(detailsKey)[0];
  if (Buffer.isBuffer(bytes)) {
    const found = Status.decode(bytes).details.find(({ type_url }) => type_url === detailUrl);
    if (found !== undefined) {
      const { failure, detail } = FailureDetail.decode(found.value);
      return new ObpFailure(failure, detail);
    }
  }
  if (error.code === status.UNIMPLEMENTED) return new ObpFailure(Failure.FAILURE_NOT_IMPLEMENTED);
  // A service that died in the middle of a call, or that nobody reached in time.
  if (error.code === status.DEADLINE_EXCEEDED || error.code === status.UNAVAILABLE) return new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);
  return error;
}
