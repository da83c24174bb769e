import { afterEach, beforeAll, describe, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { createOpen } from '../processes/open.js';
import type { Service } from '../processes/stack.js';
import { openBalanced } from './balanced.js';
import { createCluster, pause } from './cluster.js';
import { buildOlder, type OlderBuild } from './older-build.js';
import { perform } from './play.js';

jest.setTimeout(600_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

let older: OlderBuild;
beforeAll(() => {
  older = buildOlder(process.env['FAULTS_FROM'] ?? '');
});

// The databases are new in each test: the older build creates them, and this build migrates them while older processes
// run.
describe('an older build, replaced by this one', () => {
  it.each<[string, readonly Service[]]>([
    ['gateways', ['gateway', ...serviceNames]],
    ['services', [...serviceNames, 'gateway']],
  ])('upgrade-%s-first', async (first, order) => {
    const cluster = await createCluster(opened, { from: older.path });
    const clients = [opened(openBalanced(cluster.sessions))];
    await perform(
      cluster,
      {
        play: `upgrade-${first}-first`,
        fault: `rolling upgrade from ${older.commit}, ${first} first`,
        goal: { failed: 0, gap_ms: 1_000 },
        clients,
      },
      async () => {
        for (const service of order) {
          for (const replica of [0, 1]) {
            await cluster.replace(service, replica);
            await pause(500);
          }
        }
      },
    );
  });
});
