import { randomInt } from 'node:crypto';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** @throws ObpFailure OBP-10020 if the number of dependants differs from the number of birthdays */
export function checkDependants(dependants: number, birthdays: number): void {
  if (dependants === birthdays) return;
  fail(
    Failure.FAILURE_INVALID_JSON_CONTENT,
    ` The field dependants(${dependants}) not equal the length(${birthdays}) of dob_of_dependants array`,
  );
}

/** New numbers must not contain the separator that OBP reserves. @throws ObpFailure OBP-10001 */
export function checkNewNumber(customer_number: string): void {
  if (customer_number.includes('::::'))
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ' customer_number can not contain `::::` characters');
}

/** A number for a customer created without one, in the range that OBP uses. */
export function randomNumber(): string {
  return String(randomInt(0, 2_147_483_647));
}

/** An e-mail address in the stored form. Its syntax is not checked. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** @throws ObpFailure OBP-30006 */
export function numberTaken(bank_id: string, customer_number: string): never {
  return fail(
    Failure.FAILURE_CUSTOMER_NUMBER_EXISTS,
    ` Current customer_number(${customer_number}) and Current bank_id(${bank_id})`,
  );
}
