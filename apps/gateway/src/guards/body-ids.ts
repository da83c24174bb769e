import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Json, JsonObject } from '../http/json.js';

const idKeys = new Set(['id', 'user_id', 'bank_id', 'account_id', 'customer_id', 'branch_id', 'atm_id', 'transaction_id', 'transaction_request_id', 'card_id', 'view_id']);
const id = /^[A-Za-z0-9\-._]{0,255}$/;

/** Refuses a POST body in which, at any depth, an id has a character or a length that no id has. @throws ObpFailure OBP-10001 */
export function checkBodyIds(body: Json | undefined): void {
  const invalid: string[] = [];
  collect(body, invalid);
  if (invalid.length > 0) fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` Here are all invalid values: List(${invalid.join(',')})`);
}

function collect(value: Json | undefined, invalid: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, invalid);
  } else if (value instanceof Map) {
    for (const [key, member] of value as JsonObject) {
      if (typeof member !== 'string') collect(member, invalid);
      else if (idKeys.has(key) && !id.test(member)) invalid.push(`(${key},${member})`);
    }
  }
}
