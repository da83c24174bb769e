import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { checkLiteral } from './address-guard.js';

/**
 * Checks the URL of a receiver as far as that is possible before a connection.
 * @throws ObpFailure OBP-10001
 */
export function checkUrl(text: string, toPrivateAddresses: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : refuse('it is no URL');
  if (url.protocol !== 'https:' && !(toPrivateAddresses && url.protocol === 'http:'))
    refuse('it must begin with https://');
  if (url.username !== '' || url.password !== '') refuse('it must not contain a password');
  if (url.hash !== '') refuse('it must not contain a fragment');
  if (toPrivateAddresses) return;
  try {
    checkLiteral(url);
  } catch (error) {
    refuse((error as Error).message);
  }
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` The url cannot be used: ${reason}.`);
}

/** The kinds of records whose changes are events. */
const allKinds = [
  'customer',
  'customer_address',
  'tax_residence',
  'social_media_handle',
  'crm_event',
  'customer_attribute',
  'attribute_definition',
  'user_customer_link',
  'customer_account_link',
  'agent',
];

/** @throws ObpFailure OBP-10001 */
export function checkKinds(kinds: readonly string[]): void {
  const unknown = kinds.find((kind) => !allKinds.includes(kind));
  if (unknown !== undefined)
    fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` The kinds can only be: ${allKinds.join(', ')}.`);
}
