import { randomBytes } from 'node:crypto';

/** A token or a token's secret: 256 random bits. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text has the form of a token; any other text is no one's token. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,255}$/.test(text);
}
