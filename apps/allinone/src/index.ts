export { banner } from './banner.js';
export { type Credentials, loadCredentials, type LoadedCredentials } from './credentials.js';
export {
  createPlatform,
  openServer,
  schemeOf,
  type Platform,
  type PlatformConfig,
  platformSettings,
  separateSettings,
} from './platform.js';
export { tour } from './tour.js';
export { type Ports, type ServiceName, serviceNames } from './services.js';
