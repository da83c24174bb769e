import { Failure } from '@platform/messages';
import { fail } from '@platform/failure';

/** Whether a text can be the id of a record. Any other text means "not found"; it is not an error. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9\-._]{1,255}$/.test(text);
}

/** Cuts a text to at most so many bytes, without splitting a character, and marks that it was cut. */
export function cutText(text: string, bytes: number): string {
  // UTF-8 needs at most three bytes for each unit of `length`.
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
  // A character outside the basic plane counts as one in the database and as two in JavaScript.
  if (limit !== undefined && value.length > limit && [...value].length > limit) {
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not be longer than ${limit} characters.`);
  }
}
