export {
  type Claims,
  callerKey,
  createServiceAssertion,
  serviceClaims,
  signAssertion,
  verifyAssertion,
} from './assertion.js';
export { type Authorizer, createAuthorizer } from './authorizer.js';
export { secretsOf } from './caller-secret.js';
export {
  decide,
  type HeldRole,
  isRole,
  missingRoles,
  needsBank,
  type Requirement,
  roleName,
  roleNamed,
  roleNames,
} from './decide.js';
export {
  counts,
  type Decision,
  decideWithScopes,
  type Holder,
  type ScopePolicy,
  scopePolicy,
  type ScopeSettings,
} from './scopes.js';
