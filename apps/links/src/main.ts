import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { linksConfig, linksSettings } from './config.js';
import { database } from './gen/database.js';
import { createLinksService } from './service.js';

await runProgram({
  name: 'links',
  about: 'the links service (gRPC)',
  settings: linksSettings,
  startFaults: plainLinksFaults,
  start(values) {
    return withTelemetry('links', values, () => createLinksService(linksConfig(values)));
  },
  migrate: (values, _env, distributes) => prepareDatabase(database, linksConfig(values).database_url, distributes),
});
