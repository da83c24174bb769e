import { runProgram } from '@platform/runtime';
import { configOf, settings } from './config.js';
import { createCustomersService } from './service.js';

await runProgram({
  name: 'customers',
  about: 'the customers service (gRPC)',
  settings,
  start: (values) => createCustomersService(configOf(values)),
});
