export { checkText, checkTexts, isId, type TextLimits } from './text.js';
export { fail, failureStatus, failureText, ObpFailure } from './obp-failure.js';
