export { checkGiven, checkRequest, maxCharacters } from './check-request.js';
export { readDateTime, readQueryDateTime } from './dates.js';
export { type Page, pageOf } from './page.js';
export { checkText, cutText, isId } from './text.js';
