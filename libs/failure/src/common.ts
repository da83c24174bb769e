import { Failure } from '@platform/messages';
import { fail, failAbout } from './obp-failure.js';

/** @throws ObpFailure OBP-30046 */
export function customerUnknown(customer_id: string): never {
  return failAbout(Failure.FAILURE_CUSTOMER_NOT_FOUND, { customer_id });
}

/** Refuses a body of the wrong shape. @throws ObpFailure OBP-10001 */
export function otherShape(bodyName: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` The Json body should be the ${bodyName} `);
}

/** Refuses a body that breaks a rule. @throws ObpFailure OBP-10001 */
export function invalidBody(reason: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${reason}`);
}
