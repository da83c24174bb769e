import { fail, failureText } from '@platform/failure';
import { isId } from '@platform/input';
import { Failure, type StreamCustomersRequest } from '@platform/messages';
import type { Choice } from './customer-list.js';

/** The most customers in a list of given ids: each chunk of the list looks all of them up. */
export const maxIds = 10_000;

/**
 * The bank's customers that a request selects; undefined: all.
 * @throws ObpFailure OBP-10016 for an invalid date, and for too many ids
 */
export function choiceOf({
  from_date,
  to_date,
  only,
}: Pick<StreamCustomersRequest, 'from_date' | 'to_date' | 'only'>): Choice | undefined {
  const bounds = { from: dateOf(from_date) ?? '-infinity', to: dateOf(to_date) ?? 'infinity' };
  if (only !== null && only !== undefined) {
    if (only.customer_ids.length > maxIds) refuse(`no more than ${maxIds} customers may be asked for.`);
    return { ...bounds, ids: only.customer_ids.filter(isId) };
  }
  return bounds.from === '-infinity' && bounds.to === 'infinity' ? undefined : bounds;
}

function dateOf(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  return isWireDate(text) ? text : refuse(failureText(Failure.FAILURE_INVALID_QUERY_DATE));
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ` <- ${reason}`);
}

const wireDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Whether a text has the form of a date and time in requests; it need not exist in the calendar. */
function isWireDate(text: string): boolean {
  return wireDate.test(text);
}
