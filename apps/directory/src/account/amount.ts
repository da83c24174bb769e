const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Whether the text is a decimal number, e.g. 1000.00. */
export function isNumber(text: string): boolean {
  return decimal.test(text);
}

/** Whether a decimal number is zero, in any notation. */
export function isZero(number: string): boolean {
  return !/^[^eE]*[1-9]/.test(number);
}
