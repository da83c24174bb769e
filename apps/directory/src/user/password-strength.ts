const permitted = /^[\x20-\x7e]+$/;
const kindsOfCharacters = [/[0-9]/, /[a-z]/, /[A-Z]/, /[^A-Za-z0-9 ]/];

/** OBP's rule: 17 to 512 permitted characters, or 10 to 16 with a digit, both cases and a special character. */
export function isStrongPassword(password: string): boolean {
  if (password.length > 512 || !permitted.test(password)) return false;
  if (password.length > 16) return true;
  return password.length >= 10 && kindsOfCharacters.every((kind) => kind.test(password));
}
