import { runProgram } from '@platform/runtime';
import { attributesConfig, attributesSettings } from './config.js';
import { createAttributesService } from './service.js';

await runProgram({
  name: 'attributes',
  about: 'the attributes service (gRPC)',
  settings: attributesSettings,
  start: (values) => createAttributesService(attributesConfig(values)),
});
