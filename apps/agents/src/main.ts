import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { agentsConfig, agentsSettings } from './config.js';
import { database } from './gen/database.js';
import { createAgentsService } from './service.js';

await runProgram({
  name: 'agents',
  about: 'the agents service (gRPC)',
  settings: agentsSettings,
  startFaults: plainLinksFaults,
  start(values) {
    return withTelemetry('agents', values, () => createAgentsService(agentsConfig(values)));
  },
  migrate: (values, _env, distributes) => prepareDatabase(database, agentsConfig(values).database_url, distributes),
});
