export { banner } from './banner.js';
export { type Credentials, loadCredentials, type LoadedCredentials } from './credentials.js';
export { createPlatform, type Platform, type PlatformConfig, platformSettings } from './platform.js';
export { tour } from './tour.js';
