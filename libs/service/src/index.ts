export {
  createService,
  prepareDatabase,
  type RunningService,
  type ServiceDefinition,
  type ServiceParts,
} from './service.js';
export {
  createJournaledService,
  type JournaledConfig,
  journaledConfig,
  type JournaledParts,
  journaledSettings,
} from './journaled.js';
export { type ServiceConfig, serviceConfig, serviceSettings } from './config.js';
export { type Address, createServicePeer, type ServicePeer } from './peer.js';
