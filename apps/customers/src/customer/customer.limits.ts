import { checkTexts, invalidBody, type TextLimits } from '@platform/failure';

/** Characters each text of a customer may have, by its name in the bodies. */
export const customerLimits: TextLimits = {
  customer_id: 255,
  customer_number: 50,
  legal_name: 255,
  mobile_phone_number: 50,
  email: 200,
  'face_image.url': 2000,
  relationship_status: 255,
  'credit_rating.rating': 100,
  'credit_rating.source': 100,
  // updateCustomerCreditRatingAndSource takes the two flat.
  credit_rating: 100,
  credit_source: 100,
  'credit_limit.currency': 100,
  'credit_limit.amount': 100,
  highest_education_attained: 255,
  employment_status: 255,
  title: 255,
  branch_id: 255,
  name_suffix: 255,
};

/** With the texts it bounds the bytes of one customer, and so those of a message of many. */
const mostBirthdays = 255;

const wireDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

interface Dates {
  readonly date_of_birth?: string | null | undefined;
  readonly last_ok_date?: string | null | undefined;
  readonly dob_of_dependants?: readonly string[] | undefined;
  readonly face_image?: { readonly date?: string | null | undefined } | null | undefined;
}

/**
 * Checks what a body would put into columns.
 * @throws ObpFailure OBP-10001 naming the field
 */
export function checkBody(body: object & Dates): void {
  checkTexts(body, customerLimits);
  checkDate('date_of_birth', body.date_of_birth);
  checkDate('last_ok_date', body.last_ok_date);
  checkDate('face_image.date', body.face_image?.date);
  const birthdays = body.dob_of_dependants ?? [];
  if (birthdays.length > mostBirthdays) invalidBody(`dob_of_dependants must not have more than ${mostBirthdays} elements.`);
  for (const birthday of birthdays) checkDate('dob_of_dependants', birthday);
}

/**
 * The edge normalises dates; this meets what comes by gRPC alone. The calendar is left to the database.
 * @throws ObpFailure OBP-10001 naming the field
 */
export function checkDate(name: string, value: string | null | undefined): void {
  if (value !== null && value !== undefined && !isWireDate(value)) invalidBody(`${name} must be a date like 2013-01-21T23:08:00Z.`);
}

/** Whether a text is a date as the wire has it, whatever its calendar. */
export function isWireDate(text: string): boolean {
  return wireDate.test(text);
}
