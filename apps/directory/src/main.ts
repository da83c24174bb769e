import { runProgram } from '@platform/runtime';
import { directoryConfig, directorySettings } from './config.js';
import { createDirectoryService } from './service.js';

await runProgram({
  name: 'directory',
  about: 'users, applications, tokens, entitlements and banks over gRPC',
  settings: directorySettings,
  start: (values, env) => createDirectoryService(directoryConfig(values, env)),
});
