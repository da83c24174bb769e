import { isNumber } from '../account/amount.js';

/** Whether the text is a decimal number that can be kept with all its digits; a power of ten has at most two of its own. */
export function isAmount(text: string): boolean {
  return isNumber(text) && !/[eE][+-]?\d{3}/.test(text);
}
