import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { dirname } from 'node:path';
import { OPERATIONS } from './options.mjs';
import { printTable } from './table.mjs';

const START_TARGET_MS = 1_500;
const DEEPEST_TARGET = 1.5;
const BESIDE_TARGET = 1.5;

/** The machine on which the figures were measured. */
export function machine() {
  return {
    node: process.version,
    system: `${platform()} ${arch()}`,
    processors: cpus().length,
    model: cpus()[0]?.model.trim(),
  };
}

/** Prints the measurements; `ratio` is the platform's requests per second divided by the baseline's. */
export function printReport({ results, pages, beside, memory, starts }, earlier) {
  printTable({
    head: ['operation', 'connections', 'contestant', 'requests/s', 'p50 ms', 'p99 ms', 'ratio', 'CPU µs per request'],
    left: [0, 2, 7],
    lines: results.flatMap(linesOf),
  });
  if (earlier !== undefined) printComparison(results, earlier);
  printPages(pages);
  printBeside(beside);
  printMemory(memory);
  if (starts.length > 0) printStarts(starts);
  console.log();
}

function linesOf({ operation, connections, platform: own, baseline, ratio }) {
  const line = (name, of, share) => [
    OPERATIONS[operation],
    String(connections),
    name,
    of.requests_per_second.toFixed(0),
    of.p50_ms.toFixed(2),
    of.p99_ms.toFixed(2),
    share,
    cpuText(of.cpu_us_per_request),
  ];
  return [line('platform', own, ratio.toFixed(2)), line('baseline', baseline, '')];
}

/** The sum and its parts, without the load generator, which does not serve requests. */
function cpuText(used_us) {
  const parts = Object.entries(used_us).filter(([name]) => name !== 'generator');
  if (parts.some(([, used]) => used === undefined)) return 'n/a';
  const sum = parts.reduce((total, [, used]) => total + used, 0);
  return `${sum} = ${parts.map(([name, used]) => `${name} ${used}`).join(' + ')}`;
}

/** Compares what both runs have measured. The baseline's change shows how comparable the machine was. */
function printComparison(results, { at, options, results: before }) {
  const lines = results.flatMap(({ operation, connections, platform: own, baseline }) => {
    const then = before.find((one) => one.operation === operation && one.connections === connections);
    if (then === undefined) return [];
    const change = (now, past) => [past.p50_ms, now.p50_ms, now.p50_ms / past.p50_ms].map((value) => value.toFixed(2));
    return [
      [OPERATIONS[operation], String(connections), ...change(own, then.platform), ...change(baseline, then.baseline)],
    ];
  });
  printTable({
    title: `p50 in ms, and that of ${at} (${options.rows.toLocaleString('en')} customers, ${options.mode})`,
    head: ['operation', 'connections', 'then', 'now', 'times', 'baseline then', 'now', 'times'],
    left: [0],
    lines,
  });
}

function printPages(pages) {
  printTable({
    title: `Pages of a list, p50 in ms (target: the deepest at most ${DEEPEST_TARGET} times the first)`,
    head: ['contestant', 'first', 'deepest', 'times'],
    left: [0],
    lines: pages.map(({ name, first_p50_ms, deepest_p50_ms, times_the_first }) => [
      name,
      ...[first_p50_ms, deepest_p50_ms, times_the_first].map((value) => value.toFixed(2)),
    ]),
  });
}

function printBeside(beside) {
  printTable({
    title: `GET by id beside a list of 10 MB, p99 in ms (target: at most ${BESIDE_TARGET} times as alone)`,
    head: ['contestant', 'alone', 'beside', 'times'],
    left: [0],
    lines: beside.map(({ name, alone_p99_ms, beside_p99_ms, times_alone }) => [
      name,
      ...[alone_p99_ms, beside_p99_ms, times_alone].map((value) => value.toFixed(2)),
    ]),
  });
}

function printMemory(memory) {
  printTable({
    title: 'Resident memory in MB (targets hold after 200,000 requests)',
    head: ['process', 'MB', 'target', 'requests to its contestant'],
    left: [0],
    lines: memory.map(({ name, resident_mb, target_mb, requests }) => [
      name,
      resident_mb?.toFixed(0) ?? 'n/a',
      target_mb === undefined ? '' : String(target_mb),
      requests.toLocaleString('en'),
    ]),
  });
}

function printStarts(starts) {
  printTable({
    title: `From start to ready, each process alone, in ms (target on an idle machine: ${START_TARGET_MS})`,
    head: ['process', 'median', 'shortest', 'longest'],
    left: [0],
    lines: starts.map(({ name, starts_ms }) => [
      name,
      ...[starts_ms[Math.floor(starts_ms.length / 2)], starts_ms[0], starts_ms[starts_ms.length - 1]].map((value) =>
        value.toFixed(0),
      ),
    ]),
  });
}

/** Stores the figures for later comparisons. */
export function writeReport(path, report) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

/** @throws Error when the file does not contain a report */
export function readReport(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(report.results) || report.options === undefined)
    throw new Error(`${path} holds no report of a benchmark`);
  return report;
}
