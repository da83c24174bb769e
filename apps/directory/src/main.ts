import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { directoryConfig, directorySettings } from './config.js';
import { database } from './gen/database.js';
import { createDirectoryService } from './service.js';

await runProgram({
  name: 'directory',
  about: 'users, applications, tokens, entitlements and banks over gRPC',
  settings: directorySettings,
  startFaults: plainLinksFaults,
  start(values, env) {
    return withTelemetry('directory', values, () => createDirectoryService(directoryConfig(values, env)));
  },
  migrate: (values, env, distributes) =>
    prepareDatabase(database, directoryConfig(values, env).database_url, distributes),
});
