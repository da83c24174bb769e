// `npm run bench`: compares the platform with one small process that does the same.
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from './bench/options.mjs';
import { machine, printReport, readReport, writeReport } from './bench/report.mjs';
import { runStep } from './lib/run-step.mjs';
import { root } from './lib/workspace.mjs';
import { nx, prepare } from './prepare.mjs';

const DATA = join(root, '.cache/bench-data');
// Enough to compile the hot paths and to fill the caches.
const WARM_UP = { connections: 16, seconds: 2 };
/** Customers that the requests use. */
const SAMPLE = 5_000;
const LEAST_USERS = 200;
/** More links than one process can create. */
const MOST_LINKS_PER_SECOND = 10_000;

const options = readOptions();
await prepare();
if (options.mode === 'bundles' && !(await runStep(nx('bundling', 'run-many', '-t', 'bundle')))) process.exit(1);

const started = [];
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
const interrupted = new Promise((_, reject) =>
  interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason)),
);
const failure = await Promise.race([bench(), interrupted]).then(
  () => undefined,
  (error) => error,
);
if (interruption.signal.aborted) console.error('\nInterrupted, stopping …');
else if (failure) tellFailure();
await stop();
process.exit(interruption.signal.aborted ? 130 : Number(failure !== undefined));

async function bench() {
  const earlier = options.compare === '' ? undefined : readReport(resolve(root, options.compare));
  const postgres = await startDatabase();
  const { freePort } = await import('@platform/postgres');
  const { startPlatform, openBank, BANK_ID } = await import('./bench/platform.mjs');
  const platform = keep(
    await startPlatform({ mode: options.mode, databaseUrl: postgres.url('postgres'), profile: options.profile }),
  );
  const caller = { token: await openBank(platform.origin, platform.login), bank_id: BANK_ID };
  const { loadCustomers } = await import('./bench/load.mjs');
  const customers = await loadCustomers({
    url: postgres.url('customers'),
    bank_id: BANK_ID,
    rows: options.rows,
    sample: SAMPLE,
    signal: interruption.signal,
  });
  const { loadRecords } = await import('./bench/load-records.mjs');
  const users = await loadRecords({
    url: postgres.url,
    bank_id: BANK_ID,
    customers,
    users: userCount(customers.length),
  });
  const baseline = keep(await startBaseline(postgres.url, await freePort(), caller));
  const job = { ...caller, customers, users };
  const { verify } = await import('./bench/verify.mjs');
  await verify([platform.origin, baseline.origin], job);
  console.log('Both answer the same. Measuring …');
  report({ ...(await measureAll({ platform, baseline, job })), starts: await starts(platform) }, earlier);
}

async function startDatabase() {
  const { createPostgres, stopAbandoned } = await import('@platform/postgres');
  if (!(await stopAbandoned(DATA))) throw new Error('another benchmark is running.');
  rmSync(DATA, { recursive: true, force: true });
  keep({ close: async () => rmSync(DATA, { recursive: true, force: true }) });
  return keep(await createPostgres({ dataDir: DATA, durable: true }));
}

/** Enough users so that each link in all runs is a new pair of user and customer. */
function userCount(customers) {
  const seconds = 2 * (WARM_UP.seconds + options.connections.length * options.rounds * options.seconds);
  return Math.max(LEAST_USERS, Math.ceil((seconds * MOST_LINKS_PER_SECOND) / customers));
}

async function startBaseline(url, port, { token, bank_id }) {
  const { answers, startProcess } = await import('./bench/process.mjs');
  const { profileFlags } = await import('./bench/platform.mjs');
  const databases = ['customers', 'attributes', 'links', 'directory'].map((name) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url(name),
  ]);
  const env = { NODE_ENV: 'production', ...Object.fromEntries(databases), PORT: port, TOKEN: token, BANK_ID: bank_id };
  const baseline = keep(
    startProcess({
      name: 'baseline',
      args: [...profileFlags('baseline', options.profile), join(root, 'tools/bench/baseline.mjs')],
      env,
    }),
  );
  const origin = `http://127.0.0.1:${port}`;
  await answers(`${origin}/livez`, [baseline]);
  return { origin, processes: [baseline], close: async () => undefined };
}

async function measureAll({ platform, baseline, job }) {
  const { startGenerator, measure } = await import('./bench/measure.mjs');
  const { readCpu } = await import('./bench/cpu.mjs');
  const generator = keep(startGenerator());
  const postmaster = Number(readFileSync(join(DATA, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  const everyone = [...platform.processes, ...baseline.processes, generator.process];
  const contestants = Object.entries({ platform, baseline }).map(([name, { origin, processes }]) => ({
    name,
    origin,
    processes: processes.map((one) => one.name),
  }));
  const { measurePages } = await import('./bench/pages.mjs');
  const pages = [];
  for (const { name, origin } of contestants)
    pages.push({
      name,
      ...(await measurePages({
        origin,
        job,
        rows: options.rows,
        seconds: options.seconds,
        signal: interruption.signal,
      })),
    });
  const results = [];
  for (const operation of options.operations) {
    for (const { origin } of contestants) await generator.run({ ...job, ...WARM_UP, operation, origin });
    for (const connections of options.connections) {
      interruption.signal.throwIfAborted();
      const figures = await measure({
        generator,
        contestants,
        rounds: options.rounds,
        job: { ...job, operation, connections, seconds: options.seconds },
        readCpu: () => readCpu(everyone, postmaster),
      });
      const ratio = figures.platform.requests_per_second / figures.baseline.requests_per_second;
      console.log(`  ${operation}, ${connections} connections: ${ratio.toFixed(2)} of the baseline`);
      results.push({ operation, connections, ratio, ...figures });
    }
  }
  const { readMemory } = await import('./bench/memory.mjs');
  const memory = [platform, baseline].flatMap(({ origin, processes }) =>
    readMemory(processes).map((one) => ({ ...one, requests: generator.served(origin) })),
  );
  const { measureBeside } = await import('./bench/beside.mjs');
  const beside = [];
  for (const { name, origin } of contestants) {
    await generator.run({ ...job, ...WARM_UP, operation: 'get', origin });
    beside.push({
      name,
      ...(await measureBeside({ generator, origin, job, rows: options.rows, turns: options.rounds * options.seconds })),
    });
  }
  return { results, pages, beside, memory };
}

/** The start times of each of the platform's processes, while the others do not run. */
async function starts(platform) {
  if (options.starts === 0) return [];
  await platform.close();
  console.log('Starting each process alone …');
  const { timeStarts } = await import('./bench/starts.mjs');
  return timeStarts(platform.programs, options.starts, interruption.signal);
}

function report(measured, earlier) {
  const path = resolve(root, options.report);
  writeReport(path, { at: new Date().toISOString(), machine: machine(), options, ...measured });
  printReport(measured, earlier);
  console.log(`Also in ${path}`);
}

function tellFailure() {
  console.error(`\nThe benchmark failed: ${failure.message}`);
  const ended = started.flatMap(({ processes = [] }) => processes).filter((one) => one.hasEnded());
  for (const { name, output } of ended) console.error(`\n${name} has ended; its last lines:\n${output()}`);
}

/** Registers what must be closed at the end, the last one first. */
function keep(thing) {
  interruption.signal.throwIfAborted();
  started.push(thing);
  return thing;
}

async function stop() {
  for (const thing of started.reverse()) await thing.close().catch((error) => console.error(error.message));
}

/** The first signal stops everything in order, a second one stops at once. */
function interrupt() {
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort(new Error('interrupted'));
}
