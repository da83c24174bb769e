import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { Failure } from '@platform/messages';

const idKeys = new Set([
  'id',
  'user_id',
  'bank_id',
  'account_id',
  'customer_id',
  'branch_id',
  'atm_id',
  'transaction_id',
  'transaction_request_id',
  'card_id',
  'view_id',
]);

/**
 * Refuses a POST body with an id, at any depth, that has a character or length no id can have.
 * @throws ObpFailure OBP-10001
 */
export function checkBodyIds(body: unknown): void {
  const invalid: string[] = [];
  collect(body, invalid);
  if (invalid.length > 0)
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` Here are all invalid values: List(${invalid.join(', ')})`);
}

/** Objects are maps in parsed JSON and plain objects in a decoded message. */
function collect(value: unknown, invalid: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) collect(item, invalid);
  } else if (typeof value === 'object' && value !== null) {
    const members: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
    for (const [key, member] of members) {
      if (typeof member !== 'string') collect(member, invalid);
      else if (idKeys.has(key as string) && member !== '' && !isId(member))
        invalid.push(`(${key as string},${member})`);
    }
  }
}
