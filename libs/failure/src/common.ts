import { Failure } from '@platform/messages';
import { fail, failAbout } from './obp-failure.js';

/** @throws ObpFailure OBP-30046 */
export function customerUnknown(customer_id: string): never {
  return failAbout(Failure.FAILURE_CUSTOMER_NOT_FOUND, { customer_id });
}

/**
 * Compares the version that a caller expects with that of the record, which is locked; 0: there is none.
 * @throws ObpFailure OBP-09412
 */
export function checkVersion({ expected_version }: Expectation, version: number): void {
  if (typeof expected_version === 'number' && expected_version !== version)
    fail(Failure.FAILURE_PRECONDITION_FAILED, ` It has the version ${version}, not ${expected_version}.`);
}

/** What a request says of the record that it changes. */
export interface Expectation {
  readonly expected_version?: number | null | undefined;
}

/** Refuses a body of the wrong shape. @throws ObpFailure OBP-10001 */
export function otherShape(bodyName: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` The Json body should be the ${bodyName} `);
}

/** Refuses a body that breaks a rule. @throws ObpFailure OBP-10001 */
export function invalidBody(reason: string): never {
  return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${reason}`);
}
