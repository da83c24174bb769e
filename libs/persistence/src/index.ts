export { SecondsListType, SecondsType } from './columns.js';
export { codeOf, ensureDatabase, serviceDatabase } from './database.js';
export { connectionOf, sessionOptions } from './connection.js';
export { openOrm, type OrmOptions } from './orm.js';
export { pagesOf } from './pages.js';
export { createProbe, type Probe, type ProbeOptions } from './probe.js';
export { createReader, type Query, type Reader, type Statement } from './reader.js';
export { autocommit, command, isPassing, refuseKnown, type ConstraintFailures } from './transaction.js';
export { whenReachable } from './when-reachable.js';
