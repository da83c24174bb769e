import { refusePlainLinks } from '@platform/grpc';
import { runProgram } from '@platform/runtime';
import { linksConfig, linksSettings } from './config.js';
import { createLinksService } from './service.js';

await runProgram({
  name: 'links',
  about: 'the links service (gRPC)',
  settings: linksSettings,
  start(values, env) {
    refusePlainLinks(values, env);
    return createLinksService(linksConfig(values));
  },
});
