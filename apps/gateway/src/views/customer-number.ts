import { checkText, otherShape } from '@platform/failure';

/** Characters of a customer number. */
const numberLength = 50;

/**
 * The number in a body. It is checked before it joins a batch: nothing that the database refuses may spoil one.
 * @throws ObpFailure OBP-10001
 */
export function customerNumberOf(body: { readonly customer_number: string } | null, bodyName: string): string {
  const { customer_number } = body ?? otherShape(bodyName);
  checkText('customer_number', customer_number, numberLength);
  return customer_number;
}
