import { refusePlainLinks } from '@platform/grpc';
import { runProgram } from '@platform/runtime';
import { customersConfig, customersSettings } from './config.js';
import { createCustomersService } from './service.js';

await runProgram({
  name: 'customers',
  about: 'the customers service (gRPC)',
  settings: customersSettings,
  start(values, env) {
    refusePlainLinks(values, env);
    return createCustomersService(customersConfig(values));
  },
});
