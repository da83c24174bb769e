import { Failure } from '@platform/messages';
import { fail, failAbout } from './obp-failure.js';

/** @throws ObpFailure OBP-30046 */
export function customerUnknown(customer_id: string): never {
  return failAbout(Failure.FAILURE_CUSTOMER_NOT_FOUND, { customer_id });
}

/** What a body of another shape is refused with. @throws ObpFailure OBP-10001 */
export function otherShape(bodyName: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` The Json body should be the ${bodyName} `);
}

/** What a body that breaks a rule is refused with. @throws ObpFailure OBP-10001 */
export function invalidBody(reason: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${reason}`);
}
