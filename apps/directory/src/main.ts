import { refusePlainLinks } from '@platform/grpc';
import { runProgram } from '@platform/runtime';
import { directoryConfig, directorySettings } from './config.js';
import { createDirectoryService } from './service.js';

await runProgram({
  name: 'directory',
  about: 'users, applications, tokens, entitlements and banks over gRPC',
  settings: directorySettings,
  start(values, env) {
    refusePlainLinks(values, env);
    return createDirectoryService(directoryConfig(values, env));
  },
});
