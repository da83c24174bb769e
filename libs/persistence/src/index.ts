export { SecondsListType, SecondsType } from './columns.js';
export { codeOf, ensureDatabase, serviceDatabase } from './database.js';
export { openOrm, type OrmOptions, sessionLimits, sessionOptions } from './orm.js';
export { pagesOf } from './pages.js';
export { createReader, type Query, type Reader, type Statement } from './reader.js';
export { autocommit, command, refuseKnown, type ConstraintFailures } from './transaction.js';
