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


/**
 * Checks what a body would put into columns.
 * @throws ObpFailure OBP-10001 naming the field
 */
export function checkBody(body: object & { readonly dob_of_dependants?: readonly string[] | undefined }): void {
  checkTexts(body, customerLimits);
  const birthdays = body.dob_of_dependants ?? [];
  if (birthdays.length > mostBirthdays) invalidBody(`dob_of_dependants must not have more than ${mostBirthdays} elements.`);
}

/** Whether a text is a date as the wire has it, whatever its calendar. */
export function isWireDate(text: string): boolean {
  return wireDate.test(text);
}
