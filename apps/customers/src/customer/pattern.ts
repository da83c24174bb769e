import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** A LIKE pattern: % any run, of which several are one, _ one character, backslash escapes. */
export interface Pattern {
  readonly text: string;
  /** The fewest characters of a text that matches. */
  readonly shortest: number;
  /** Whether a literal part gives trigrams, so that the trigram index narrows the search. */
  readonly narrow: boolean;
}

/**
 * Reads a pattern.
 * @throws ObpFailure OBP-10001 when it ends in the middle of an escape: PostgreSQL would refuse it, but only once it
 * compares a row
 */
export function patternOf(name: string, text: string): Pattern {
  const rest = text.replace(/\\[\s\S]/g, (escaped) => literalOf(escaped.charAt(1)));
  if (rest.endsWith('\\')) fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${name} must not end with a lone backslash.`);
  const parts = text.match(/%+|\\[\s\S]|[\s\S]/gu) ?? [];
  const single = parts.map((part) => (part.startsWith('%') ? '%' : part));
  return {
    text: single.join(''),
    shortest: single.filter((part) => part !== '%').length,
    narrow: /[\p{L}\p{N}]{3}/u.test(rest),
  };
}

/** An escaped letter or digit stands for itself; any other escaped character only ends a word. */
function literalOf(character: string): string {
  return /[\p{L}\p{N}]/u.test(character) ? character : ' ';
}
