import { createHash } from 'node:crypto';

/**
 * A prepared statement's name with a hash of its text. Behind a pooler several processes, of different versions and services, share a
 * session: under one name there must be one text, or one would be answered with what another asked.
 */
export function statementName(name: string, text: string): string {
  return `${name.slice(0, longestName)}-${createHash('sha256').update(text).digest('base64url').slice(0, hashLength)}`;
}

const hashLength = 12;
/** The server cuts a name at 63 bytes: ours are ASCII. */
const longestName = 63 - 1 - hashLength;
