import { isEmail } from './email.js';

const plainName = /^[A-Za-z0-9]+([._][A-Za-z0-9]+)*$/;

/** OBP's rule: an e-mail address, or 8 to 100 letters and digits with single dots or underscores between them. */
export function isUsername(text: string): boolean {
  return isEmail(text) || (text.length >= 8 && text.length <= 100 && plainName.test(text));
}
