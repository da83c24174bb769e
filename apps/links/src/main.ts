import { runProgram } from '@platform/runtime';
import { linksConfig, linksSettings } from './config.js';
import { createLinksService } from './service.js';

await runProgram({
  name: 'links',
  about: 'the links service (gRPC)',
  settings: linksSettings,
  start: (values) => createLinksService(linksConfig(values)),
});
