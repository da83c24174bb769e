import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { customersConfig, customersSettings } from './config.js';
import { database } from './gen/database.js';
import { createCustomersService } from './service.js';

await runProgram({
  name: 'customers',
  about: 'the customers service (gRPC)',
  settings: customersSettings,
  startFaults: plainLinksFaults,
  start(values) {
    return withTelemetry('customers', values, () => createCustomersService(customersConfig(values)));
  },
  migrate: (values, _env, distributes) => prepareDatabase(database, customersConfig(values).database_url, distributes),
});
