import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { prepareDatabase } from '@platform/service';
import { eventsConfig, eventsSettings } from './config.js';
import { database } from './gen/database.js';
import { createEventsService } from './service.js';

await runProgram({
  name: 'events',
  about: 'the events service (gRPC)',
  settings: eventsSettings,
  startFaults: plainLinksFaults,
  start(values) {
    return withTelemetry('events', values, () => createEventsService(eventsConfig(values)));
  },
  migrate: (values, _env, distributes) => prepareDatabase(database, eventsConfig(values).database_url, distributes),
});
