import { createHash } from 'node:crypto';

/**
 * A prepared statement's name with a hash of its text. Behind a pooler, processes of different versions and services
 * share a session: a name must always mean the same text, or a process would get the result of another's statement.
 */
export function statementName(name: string, text: string): string {
  return `${name.slice(0, longestName)}-${createHash('sha256').update(text).digest('base64url').slice(0, hashLength)}`;
}

const hashLength = 12;
/** The server cuts names to 63 bytes; these names are ASCII. */
const longestName = 63 - 1 - hashLength;
