export { checkText, checkTexts, SecondsListType, SecondsType, type TextLimits } from './columns.js';
export { codeOf, ensureDatabase, serviceDatabase } from './database.js';
export { openOrm, type OrmOptions, sessionLimits, sessionOptions } from './orm.js';
export { createReader, type Query, type Reader } from './reader.js';
export { command, refuseBadValue, type UniqueFailures } from './transaction.js';
