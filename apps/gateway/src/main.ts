import { plainLinksFaults } from '@platform/grpc';
import { runProgram, withTelemetry } from '@platform/runtime';
import { gatewaySettings } from './config.js';
import { createGatewayService } from './service.js';

await runProgram({
  name: 'gateway',
  about: 'OBP REST/JSON, Connect, gRPC-Web and gRPC in front of the services',
  settings: gatewaySettings,
  startFaults: plainLinksFaults,
  start(config, env) {
    return withTelemetry('gateway', config, () => createGatewayService(config, env));
  },
});
