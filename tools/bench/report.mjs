import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { dirname } from 'node:path';
import { OPERATIONS } from './options.mjs';

const COLUMNS = ['operation', 'connections', 'contestant', 'requests/s', 'p50 ms', 'p99 ms', 'ratio', 'CPU µs per request'];
const LEFT = new Set([0, 2, 7]);

/** The machine the figures belong to. */
export function machine() {
  return { node: process.version, system: `${platform()} ${arch()}`, processors: cpus().length, model: cpus()[0]?.model.trim() };
}

/** Prints what was measured as a table; `ratio` is the platform's requests per second over the baseline's. */
export function printTable(results) {
  const lines = [COLUMNS, ...results.flatMap(linesOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = ([...cells]) => cells.map((cell, column) => (LEFT.has(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd();
  const [head, ...rest] = lines.map(text);
  console.log(['', head, widths.map((width) => '-'.repeat(width)).join('  '), ...rest, ''].join('\n'));
}

function linesOf({ operation, connections, platform: own, baseline, ratio }) {
  const line = (name, of, share) => [OPERATIONS[operation], String(connections), name, of.requests_per_second.toFixed(0), of.p50_ms.toFixed(2), of.p99_ms.toFixed(2), share, cpuText(of.cpu_us_per_request)];
  return [line('platform', own, ratio.toFixed(2)), line('baseline', baseline, '')];
}

/** The sum and its parts, without the load generator's, which serves nobody. */
function cpuText(used_us) {
  const parts = Object.entries(used_us).filter(([name]) => name !== 'generator');
  if (parts.some(([, used]) => used === undefined)) return 'n/a';
  const sum = parts.reduce((total, [, used]) => total + used, 0);
  return `${sum} = ${parts.map(([name, used]) => `${name} ${used}`).join(' + ')}`;
}

/** Keeps the figures for whoever compares runs. */
export function writeReport(path, report) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
