import { Failure } from '@platform/messages';
import { fail } from './obp-failure.js';

/** Whether a text can be the id of a record. Any other is the id of none: not found, never a fault. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9\-._]{1,255}$/.test(text);
}

/** At most so many bytes of a text, whole characters of them, and a sign that there was more. */
export function cutText(text: string, bytes: number): string {
  // A character has at most three bytes for each unit of its length.
  if (text.length * 3 <= bytes) return text;
  const all = Buffer.from(text);
  return all.length <= bytes
    ? text
    : `${all
        .subarray(0, bytes)
        .toString('utf8')
        .replace(/\uFFFD$/, '')}…`;
}

/**
 * Checks a text that goes into a column. Without a limit only its characters are checked.
 * @throws ObpFailure OBP-10001 naming the field and the limit
 */
export function checkText(name: string, value: string, limit: number | undefined): void {
  if (value.includes('\0')) fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not contain the NUL character.`);
  // A character outside the basic plane is one character to the database and two to JavaScript.
  if (limit !== undefined && value.length > limit && [...value].length > limit) {
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not be longer than ${limit} characters.`);
  }
}
