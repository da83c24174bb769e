import { isNumber } from '../account/amount.js';

/**
 * Whether the text is a decimal number that can be stored with all its digits; an exponent may have at most two digits.
 */
export function isAmount(text: string): boolean {
  return isNumber(text) && !/[eE][+-]?\d{3}/.test(text);
}
