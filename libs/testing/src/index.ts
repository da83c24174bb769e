export { type TestDatabase, createTestDatabase } from './test-database.js';
export { isOnCitus, onPlainPostgres } from './run-environment.js';
export { type Random, createRandom } from './random.js';
export { createExplainer, type Explainer, type PlanNode } from './query-plan.js';
export { type Certificate, type CertificateAuthority, createCertificateAuthority } from './certificates.js';
export { createSecurePostgres } from './secure-postgres.js';
export { createProxy, type Proxy } from './proxy.js';
export { eventually, patient, within } from './wait.js';
