// The process that makes the load, so that its work is nobody's CPU time but its own.
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { createRequests } from './requests.mjs';

// Connections are opened and requests are written before the clock starts.
const RAMP_MS = 500;
const REQUESTS_EACH = 200;
const DEADLINE_S = 10;

process.on('message', (job) => {
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ fault: error.message }),
  );
});
process.on('disconnect', () => process.exit());

/** Runs one measurement: counts and times the answers that arrive between the ramp and the end. */
function run({ origin, operation, connections, seconds, token, bank_id, ids }) {
  const make = createRequests({ token, bank_id })[operation];
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
        setupClient: (client) => client.setRequests(Array.from({ length: REQUESTS_EACH }, () => checked(make(argument(operation, ids)), blame))),
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

const any = (count) => Math.floor(Math.random() * count);

function argument(operation, ids) {
  return operation === 'get' ? ids[any(ids.length)] : any(1000);
}

/** A request whose answer must have its status and speak of what was asked. */
function checked({ expected, holds, ...request }, blame) {
  return {
    ...request,
    onResponse(status, body) {
      if (status !== expected || !body.includes(holds)) blame(`unexpected answer ${status} to ${request.method} ${request.path}: ${body.slice(0, 500)}`);
    },
  };
}
