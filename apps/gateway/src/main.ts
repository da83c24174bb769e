import { refusePlainLinks } from '@platform/grpc';
import { runProgram } from '@platform/runtime';
import { gatewaySettings } from './config.js';
import { createGatewayService } from './service.js';

await runProgram({
  name: 'gateway',
  about: 'OBP REST/JSON, Connect, gRPC-Web and gRPC in front of the services',
  settings: gatewaySettings,
  async start(config, env) {
    refusePlainLinks(config, env);
    const service = await createGatewayService(config, env);
    process.stdout.write(`gateway: listening on http${config.TLS_CERT === '' ? '' : 's'}://${config.HOST}:${service.port}\n`);
    return service;
  },
});
