const email = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

/** Whether the text is an e-mail address of at most 255 characters. */
export function isEmail(text: string): boolean {
  return text.length <= 255 && email.test(text);
}
