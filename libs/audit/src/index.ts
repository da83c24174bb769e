export { type AuditKind, type AuditedCall, eventOf, type Outcome, succeeded } from './audit-event.js';
export { auditSettings } from './audit-log.js';
export { createTrail, type Trail, type TrailOptions } from './trail.js';
