export { checkGiven, checkRequest, maxCharacters } from './check-request.js';
export { customerUnknown, invalidBody, otherShape } from './common.js';
export { checkText, cutText, isId } from './text.js';
export { fail, failAbout, failureCode, failureStatus, failureText, ObpFailure } from './obp-failure.js';
export { type AttributeType, isAttributeType } from './attribute-type.js';
export { readDateTime, readQueryDateTime } from './dates.js';
export { type Page, pageOf } from './page.js';
export { UntrustedCaller } from './untrusted-caller.js';
