import type { IncomingHttpHeaders } from 'node:http';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/**
 * The token of an API call: `DirectLogin: token=T` or `Authorization: DirectLogin token=T`.
 * @returns undefined when the request carries no DirectLogin at all
 * @throws ObpFailure OBP-20002 without the token, OBP-20010 or OBP-20011 for a token that cannot have been issued
 */
export function readToken(headers: IncomingHttpHeaders): string | undefined {
  const parameters = directLogin(headers);
  if (parameters === undefined) return undefined;
  const token = parameters.get('token');
  if (token === undefined) return fail(Failure.FAILURE_DIRECT_LOGIN_PARAMETERS_MISSING, 'token');
  return checked(token, /^[A-Za-z0-9\-._@]+$/);
}

export interface LoginParameters {
  readonly username: string;
  readonly password: string;
  readonly consumer_key: string;
}

/**
 * Reads the parameters of a login, from the DirectLogin header or, as older clients send them, from Authorization.
 * @throws ObpFailure OBP-20082, 20083, 20002, 20010, 20011, 35030 or 35031
 */
export function readLogin(headers: IncomingHttpHeaders): LoginParameters {
  const parameters = directLogin(headers);
  if (parameters === undefined) {
    return fail(
      headers.authorization === undefined
        ? Failure.FAILURE_LOGIN_HEADER_MISSING
        : Failure.FAILURE_DIRECT_LOGIN_WORD_MISSING,
    );
  }
  const missing = ['username', 'password', 'consumer_key'].filter((name) => !parameters.has(name));
  if (missing.length > 0) fail(Failure.FAILURE_DIRECT_LOGIN_PARAMETERS_MISSING, missing.join(', '));
  const value = (name: string) => parameters.get(name) as string;
  return {
    username: checked(value('username'), /^[A-Za-z0-9\-._@ ]+$/),
    password: checked(value('password'), /^[\x20-\x7e]+$/),
    consumer_key: checkedKey(value('consumer_key')),
  };
}

/** The DirectLogin parameters; the DirectLogin header wins over Authorization. */
function directLogin(headers: IncomingHttpHeaders): ReadonlyMap<string, string> | undefined {
  const own = headers['directlogin'];
  if (typeof own === 'string') return parse(own);
  const { authorization } = headers;
  return authorization !== undefined && /directlogin/i.test(authorization) ? parse(authorization) : undefined;
}

/** Parses `[DirectLogin] name=value, name="value"`: every comma separates, only the first `=` counts. */
function parse(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const piece of header.replace(/^\s*directlogin\s*/i, '').split(',')) {
    const mark = piece.indexOf('=');
    if (mark < 0) continue;
    const value = piece
      .slice(mark + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    if (value !== '') parameters.set(piece.slice(0, mark).trim(), value);
  }
  return parameters;
}

const maxLength = 512;

function checked(value: string, allowed: RegExp): string {
  if (value.length > maxLength) fail(Failure.FAILURE_VALUE_TOO_LONG);
  if (!allowed.test(value)) fail(Failure.FAILURE_INVALID_CHARACTERS);
  return value;
}

function checkedKey(key: string): string {
  if (key.length > maxLength) fail(Failure.FAILURE_CONSUMER_KEY_TOO_LONG);
  if (!/^[A-Za-z0-9-]+$/.test(key)) fail(Failure.FAILURE_CONSUMER_KEY_NOT_ALPHANUMERIC);
  return key;
}
