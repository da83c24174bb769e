import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** A LIKE pattern: % matches any text (several % are the same as one), _ one character, a backslash escapes. */
export interface Pattern {
  readonly text: string;
  /** The fewest characters that a matching text has. */
  readonly shortest: number;
  /** Whether a literal part contains a trigram, so that the trigram index can narrow the search. */
  readonly narrow: boolean;
}

/**
 * Parses a pattern.
 * @throws ObpFailure OBP-10001 when it ends with an incomplete escape: PostgreSQL would refuse it too, but only when it
 * compares the first row
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

/** An escaped letter or digit means itself; any other escaped character only ends a word. */
function literalOf(character: string): string {
  return /[\p{L}\p{N}]/u.test(character) ? character : ' ';
}
