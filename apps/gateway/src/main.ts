import { runProgram } from '@platform/runtime';
import { gatewaySettings } from './config.js';
import { createGatewayService } from './service.js';

await runProgram({
  name: 'gateway',
  about: 'OBP REST/JSON, Connect, gRPC-Web and gRPC in front of the services',
  settings: gatewaySettings,
  async start(config, env) {
    const service = await createGatewayService(config, env);
    process.stdout.write(`gateway: listening on http://${config.HOST}:${service.port}\n`);
    return service;
  },
});
