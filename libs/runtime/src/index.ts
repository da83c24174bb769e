export { type Clock, dayOf, systemClock, wireTime } from './clock.js';
export { drained } from './drained.js';
export {
  addressSetting,
  ConfigurationError,
  describeSettings,
  type Environment,
  kinds,
  type Faults,
  provided,
  readSettings,
  scopeSettings,
  type Setting,
  type Settings,
  type Values,
  together,
  withFiles,
} from './env.js';
export { limitHeapGrowth } from './heap.js';
export { type LogLevel, type Logger, createLogger, logLevels } from './logger.js';
export { type Program, type Running, runProgram } from './main.js';
export { createCache, type Cache, createLookups, type Lookups } from './cache.js';
export { telemetrySettings, withTelemetry } from './telemetry.js';
export { createBatcher } from './batcher.js';
export { partsOf } from './parts.js';
export { commaList, percentEncode } from './text.js';
