import { codeOf } from './database.js';
import { isSilence } from './connection.js';

/**
 * Messages of pg and knex that have no code; the ORM puts its statement before them. The last one: `begin` failed, and
 * its error was not reported.
 */
const words =
  /(Connection terminated.*|Connection ended unexpectedly|not queryable|timeout expired|Transaction query already complete.*)$/;

/**
 * Node's error codes for connections. ENOENT also means a missing file; it concerns a socket when the call was
 * `connect`.
 */
const socketCodes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/;

/**
 * Whether the database failed and not the query: it cannot be reached, went away, or does not answer. SQLSTATE 08: the
 * connection; 57P01 to 57P05: the server shuts down, starts, or ended the session; 53300: it has too many connections.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined)
    return (
      /^(08|57P0|53300)/.test(code) || socketCodes.test(code) || (error as NodeJS.ErrnoException).syscall === 'connect'
    );
  return isSilence(error) || (error instanceof Error && words.test(error.message));
}
