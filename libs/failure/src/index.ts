export { checkVersion, customerUnknown, type Expectation, invalidBody, otherShape } from './common.js';
export { fail, failAbout, failureCode, failureStatus, failureText, ObpFailure } from './obp-failure.js';
export { UntrustedCaller } from './untrusted-caller.js';
