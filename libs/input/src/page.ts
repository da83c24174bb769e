import { fail, failureText } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The requested part of a list, and its direction. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
  readonly direction: 'asc' | 'desc';
}

interface Asked {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
  readonly sort_direction?: string | null | undefined;
}

/**
 * Reads the paging parameters of a request, and checks them in the contract's order.
 * @throws ObpFailure OBP-10016, followed by the parameter's own failure
 */
export function pageOf(asked: Asked, defaultLimit = 50): Page {
  const direction = (asked.sort_direction || 'desc').toLowerCase();
  if (direction !== 'asc' && direction !== 'desc') return refuse(Failure.FAILURE_INVALID_SORT_DIRECTION);
  const limit = asked.limit ?? defaultLimit;
  if (limit < 1) refuse(Failure.FAILURE_INVALID_LIMIT);
  const offset = asked.offset ?? 0;
  if (offset < 0) refuse(Failure.FAILURE_INVALID_OFFSET);
  return { limit, offset, direction };
}

function refuse(failure: Failure): never {
  return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${failureText(failure)}`);
}
