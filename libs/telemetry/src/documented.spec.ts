import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gauges, metrics } from './metrics.js';

const read = (path: string) => readFileSync(join(__dirname, '../../..', path), 'utf8');
const operations = read('docs/operations.md');
const alerts = read('deploy/observability/alerts.yml');
const definitions = [...Object.values(metrics), ...Object.values(gauges)].map(({ definition }) => definition);
const names = new Set(definitions.map(({ name }) => name));

it.each(definitions.map((definition) => [definition.name, definition] as const))(
  '%s is documented',
  (name, definition) => {
    const labels = definition.labels.map((label) => `\`${label}\``).join(', ');
    expect(operations).toContain(`| \`${name}\` | ${labels} | ${definition.help} |`);
  },
);

it.each(['docs/operations.md', 'deploy/observability/alerts.yml', 'deploy/observability/dashboard.json'])(
  '%s names only metrics that exist',
  (path) => {
    const named = new Set(read(path).match(/\bobp_(?!tls)\w+/g));
    const unknown = [...named].filter(
      (name) => !names.has(name) && !names.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(unknown).toEqual([]);
    expect(named.size).toBeGreaterThan(5);
  },
);

it('every metric is on the dashboard', () => {
  const dashboard = read('deploy/observability/dashboard.json');
  const hidden = [...names].filter((name) => !dashboard.includes(name));
  expect(hidden).toEqual([]);
});

it('every alert has a paragraph that says what to do, and a test', () => {
  const found = [...alerts.matchAll(/alert: (\w+)[\s\S]*?runbook: (\S+)/g)].map(([, name = '', runbook]) => [
    name,
    runbook,
  ]);
  expect(found.length).toBe(alerts.match(/- alert:/g)?.length);
  for (const [name = '', runbook] of found) {
    expect(runbook).toBe(`docs/operations.md#${name.toLowerCase()}`);
    expect(operations).toContain(`\n#### ${name}\n\n`);
    expect(read('deploy/observability/alerts.test.yml')).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts:`));
  }
});
