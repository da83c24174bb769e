import { runProgram } from '@platform/runtime';
import { customersConfig, customersSettings } from './config.js';
import { createCustomersService } from './service.js';

await runProgram({
  name: 'customers',
  about: 'the customers service (gRPC)',
  settings: customersSettings,
  start: (values) => createCustomersService(customersConfig(values)),
});
