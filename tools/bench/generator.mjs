// The process that generates the load: separate, so that its CPU time is not counted for the others.
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { countPairs, createRequests } from './requests.mjs';

// Connections are opened and requests are prepared before the measurement starts.
const RAMP_MS = 500;
const REQUESTS_EACH = 200;
const DEADLINE_S = 10;

// Continues over all runs, so that each run creates links that no earlier one has created.
const pairs = { next: 0 };

process.on('message', (/** @type {any} */ job) => {
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ fault: error.message }),
  );
});
process.on('disconnect', () => process.exit());

/** Runs one measurement: counts and times the answers that arrive between the ramp and the end. */
function run({ origin, operation, connections, seconds, ...job }) {
  const times = [];
  let begin = performance.now() + RAMP_MS;
  const end = begin + seconds * 1000;
  let last = begin;
  let total = 0;
  let fault;
  return new Promise((resolve, reject) => {
    const blame = (text) => {
      fault ??= `${operation} at ${origin}: ${text}`;
      load.stop();
    };
    const load = autocannon(
      {
        url: origin,
        connections,
        duration: seconds + RAMP_MS / 1000,
        timeout: DEADLINE_S,
        excludeErrorStats: true,
        sampleInt: 100,
        setupClient: (client) => client.setRequests(requestsOf(operation, job, blame)),
      },
      (error) => {
        if (error || fault) return reject(error ?? new Error(fault));
        return resolve({ total, count: times.length, seconds: (last - begin) / 1000, times });
      },
    );
    load.on('reqError', (error) => blame(error.message));
    load.on('response', (client, status, bytes, time) => {
      total += 1;
      const now = performance.now();
      if (now < begin || now > end) return;
      if (times.length === 0) begin = now - time;
      times.push(time);
      last = now;
    });
  });
}

/** The requests that one connection repeats. */
function requestsOf(operation, job, blame) {
  const make = createRequests(job)[operation];
  if (operation === 'link') return [always(() => checked(make(nextPair(job)), blame))];
  return Array.from({ length: REQUESTS_EACH }, () => checked(make(argument(operation, job)), blame));
}

const any = (count) => Math.floor(Math.random() * count);

function argument(operation, { customers }) {
  return operation === 'list' || operation === 'create' ? any(1000) : customers[any(customers.length)];
}

function nextPair(job) {
  // The check has already linked the last two pairs.
  if (pairs.next >= countPairs(job) - 2) throw new Error('every user is linked to every customer');
  return pairs.next++;
}

/** A request that is created again each time. A connection has one at a time. */
function always(next) {
  let asked;
  return {
    setupRequest: (base) => ({ ...base, ...(asked = next()) }),
    onResponse: (status, body) => asked.onResponse(status, body),
  };
}

/** A request whose response must have the expected status and contain what was requested. */
function checked({ expected, holds, ...request }, blame) {
  return {
    ...request,
    onResponse(status, body) {
      if (status !== expected || !body.includes(holds))
        blame(`unexpected answer ${status} to ${request.method} ${request.path}: ${body.slice(0, 500)}`);
    },
  };
}
