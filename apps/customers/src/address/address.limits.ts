import { checkText, checkTexts, invalidBody, type TextLimits } from '@platform/failure';
import type { PostCustomerAddressJsonV310 } from '@platform/messages';

/** Characters of each text. */
const mostCharacters = 255;

const addressLimits: TextLimits = Object.fromEntries(
  ['line_1', 'line_2', 'line_3', 'city', 'county', 'state', 'postcode', 'country_code', 'status'].map((name) => [name, mostCharacters]),
);

/** With the texts it bounds the bytes of one address, and so those of a message of many. */
const mostTags = 50;

/**
 * Checks what a body would put into columns.
 * @throws ObpFailure OBP-10001 naming the field
 */
export function checkAddress(body: PostCustomerAddressJsonV310): void {
  checkTexts(body, addressLimits);
  if (body.tags.length > mostTags) invalidBody(`tags must not have more than ${mostTags} elements.`);
  for (const tag of body.tags) checkText('tags', tag, mostCharacters);
}
