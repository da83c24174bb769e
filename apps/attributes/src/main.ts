import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { attributesConfig, attributesSettings } from './config.js';
import { database } from './gen/database.js';
import { createAttributesService } from './service.js';

await runProgram({
  name: 'attributes',
  about: 'the attributes service (gRPC)',
  settings: attributesSettings,
  startFaults: plainLinksFaults,
  start(values) {
    return withTelemetry('attributes', values, () => createAttributesService(attributesConfig(values)));
  },
  migrate: (values, _env, distributes) => prepareDatabase(database, attributesConfig(values).database_url, distributes),
});
