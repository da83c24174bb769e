export { allRoles, anonymous, bank, caller, contextFor, contextOf, secret } from './callers.js';
export { refusal } from './refusal.js';
export {
  type CommonSettings,
  type ServiceUnderTest,
  type ServiceUnderTestOptions,
  startService,
} from './service-under-test.js';
