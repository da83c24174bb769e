import { checkText, otherShape } from '@platform/failure';

/**
 * The number in a body, however long: nobody has one that is too long. NUL is refused before it joins a batch: nothing that
 * the database refuses may spoil one.
 * @throws ObpFailure OBP-10001
 */
export function customerNumberOf(body: { readonly customer_number: string } | null, bodyName: string): string {
  const { customer_number } = body ?? otherShape(bodyName);
  checkText('customer_number', customer_number, undefined);
  return customer_number;
}
