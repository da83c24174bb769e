import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuBetween } from './cpu.mjs';

/** Starts the load generator. It makes one run after the other. */
export function startGenerator() {
  const child = fork(fileURLToPath(new URL('generator.mjs', import.meta.url)), {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const served = new Map();
  return {
    process: { name: 'generator', pid: child.pid },
    async run(job) {
      child.send(job);
      const [result] = await Promise.race([
        once(child, 'message'),
        exited.then(() => [{ fault: 'the load generator ended' }]),
      ]);
      if (result.fault) throw new Error(result.fault);
      served.set(job.origin, (served.get(job.origin) ?? 0) + result.total);
      return result;
    },
    /** How many requests an origin has answered so far. */
    served: (origin) => served.get(origin) ?? 0,
    async close() {
      kill();
      await exited;
      process.removeListener('exit', kill);
    },
  };
}

/**
 * Measures the contestants in turn, round after round.
 * @returns by contestant: requests per second, latencies, CPU per request by process
 */
export async function measure({ generator, contestants, job, rounds, readCpu }) {
  const taken = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { origin }] of contestants.entries()) {
      const before = readCpu();
      const result = await generator.run({ ...job, origin });
      taken[index].push({ ...result, cpu: cpuBetween(before, readCpu()) });
    }
  }
  return Object.fromEntries(contestants.map(({ name, processes }, index) => [name, summary(taken[index], processes)]));
}

function summary(runs, processes) {
  const times = Float64Array.from(runs.flatMap((run) => run.times)).sort();
  const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
  const total = sum((run) => run.total);
  const perRequest = (name) =>
    runs.every((run) => run.cpu) ? Math.round((sum((run) => run.cpu[name]) / total) * 1e6) : undefined;
  return {
    requests_per_second: sum((run) => run.count) / sum((run) => run.seconds),
    requests_per_second_by_round: runs.map((run) => Math.round(run.count / run.seconds)),
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
    cpu_us_per_request: Object.fromEntries(
      [...processes, 'postgres', 'generator'].map((name) => [name, perRequest(name)]),
    ),
  };
}

/** @param sorted numbers, the lowest first */
export function percentile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
