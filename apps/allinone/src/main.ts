import { runProgram, withTelemetry } from '@platform/runtime';
import { banner } from './banner.js';
import { createPlatform, platformSettings } from './platform.js';

await runProgram({
  name: 'customer-platform',
  about: 'the OBP customer platform in one process',
  settings: platformSettings,
  async start(values, env) {
    process.stdout.write('starting …\n');
    const platform = await withTelemetry('customer-platform', values, () => createPlatform(values, env));
    process.stdout.write(banner(platform));
    return platform;
  },
});
