import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { secretsOf } from '@platform/entitlements';

/** Ties a form to the browser that asked for it, so that no other page can submit it. Nothing is stored here. */
export interface Csrf {
  /** The browser's cookie (a new one if it sent no valid one), and the header that sets it. */
  cookie(header: string | undefined): { readonly value: string; readonly set: string };
  /** The value of the form's hidden field. */
  field(cookie: string, oauth_token: string): string;
  /** Whether the form was made for this browser and this token. */
  isGood(header: string | undefined, oauth_token: string, field: string): boolean;
}

const life_s = 600;
const good = /^[A-Za-z0-9_-]{43}$/;

/**
 * @param secret CALLER_SECRET, from which the key for this purpose is derived
 * @param secure clients use https; then no other host of the domain can set the cookie
 */
export function createCsrf(secret: string, secure: boolean): Csrf {
  const keys = secretsOf(secret).map((one) =>
    Buffer.from(hkdfSync('sha256', one, '', 'the form of the OAuth login page', 32)),
  );
  const name = secure ? '__Host-oauth-login' : 'oauth-login';
  const fieldsOf = (cookie: string, oauth_token: string) =>
    keys.map((key) => createHmac('sha256', key).update(`${cookie} ${oauth_token}`).digest('base64url'));
  return {
    cookie(header) {
      const value = read(header, name) ?? randomBytes(32).toString('base64url');
      return {
        value,
        set: `${name}=${value}; Path=/; Max-Age=${life_s}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
      };
    },
    field: (cookie, oauth_token) => fieldsOf(cookie, oauth_token)[0] as string,
    isGood(header, oauth_token, field) {
      const cookie = read(header, name);
      if (cookie === undefined) return false;
      const given = Buffer.from(field);
      return fieldsOf(cookie, oauth_token).some(
        (expected) => given.length === expected.length && timingSafeEqual(given, Buffer.from(expected)),
      );
    },
  };
}

/** The value of the only cookie with that name. If there are two, another site may have set one of them. */
function read(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((piece) => piece.trim())
    .filter((piece) => piece.startsWith(`${name}=`));
  const value = values[0]?.slice(name.length + 1) ?? '';
  return values.length === 1 && good.test(value) ? value : undefined;
}
