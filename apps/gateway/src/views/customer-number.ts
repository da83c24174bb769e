import { checkText, otherShape } from '@platform/failure';

/**
 * The number in a body. Any length is accepted: no customer has a number that is too long. NUL is refused before the
 * number joins a batch, because a text that the database refuses would make the whole batch fail.
 * @throws ObpFailure OBP-10001
 */
export function customerNumberOf(body: { readonly customer_number: string } | null, bodyName: string): string {
  const { customer_number } = body ?? otherShape(bodyName);
  checkText('customer_number', customer_number, undefined);
  return customer_number;
}
