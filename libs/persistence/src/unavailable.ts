import { codeOf } from './database.js';
import { isSilence } from './connection.js';

/** Said by pg and knex without a code, the ORM's statement before it. The last: `begin` failed, and nobody said so. */
const words =
  /(Connection terminated.*|Connection ended unexpectedly|not queryable|timeout expired|Transaction query already complete.*)$/;

/** What Node says of a connection. ENOENT, said of a file too, is of a socket's when `connect` says it. */
const socketCodes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/;

/**
 * Whether it is the database that failed, not the query: it cannot be reached, went away, or does not answer. SQLSTATE
 * 08: the connection; 57P01 to 57P05: the server goes away, comes up, or ended the session; 53300: it has no room.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined)
    return (
      /^(08|57P0|53300)/.test(code) || socketCodes.test(code) || (error as NodeJS.ErrnoException).syscall === 'connect'
    );
  return isSilence(error) || (error instanceof Error && words.test(error.message));
}
