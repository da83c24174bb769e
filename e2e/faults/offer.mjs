// A load in its own process: GETs at a rate that does not depend on responses. One message starts it, and its result is
// one message.
import { connect } from 'node:net';

const tick_ms = 5;
const grace_ms = 5_000;

process.on('message', async (/** @type {any} */ job) => process.send(await offer(job)));
process.on('disconnect', () => process.exit());

/**
 * @param {{ports: number[], path: string, token: string, rate: number, seconds: number, connections: number}} job rate: requests a second; connections: to each port
 * @returns how many were due, sent and answered, by status; times are milliseconds from when a request was sent, `in_time` those wanted while requests were offered
 */
async function offer({ ports, path, token, rate, seconds, connections }) {
  const seen = {
    due: 0,
    sent: 0,
    unanswered: 0,
    broken: 0,
    answers: {},
    withoutRetryAfter: 0,
    times: [],
    in_time: 0,
    refusal_times: [],
    gap_ms: 0,
    cpu_ms: 0,
  };
  const cpu = process.cpuUsage();
  const free = [];
  const opening = Array.from({ length: connections }, () => ports)
    .flat()
    .map((port) =>
      openConnection(port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nDirectLogin: token=${token}\r\n\r\n`),
    );
  // Taken in turn, so that every port gets requests.
  free.push(...(await Promise.all(opening)));
  const all = [...free];
  const began = performance.now();
  let succeeded_at = began;
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const passed_ms = performance.now() - began;
      for (const due = Math.floor((Math.min(passed_ms, seconds * 1_000) * rate) / 1_000); seen.due < due; seen.due += 1)
        send(free.shift());
      const over_ms = passed_ms - seconds * 1_000;
      if (over_ms > 0 && (seen.unanswered === 0 || over_ms > grace_ms)) resolve(clearInterval(timer));
    }, tick_ms);
  });
  for (const { close } of all) close();
  const { user, system } = process.cpuUsage(cpu);
  return { ...seen, cpu_ms: (user + system) / 1_000 };

  /** Without a free connection the request counts as due and is not sent. */
  function send(connection) {
    if (connection === undefined) return;
    seen.sent += 1;
    seen.unanswered += 1;
    connection.ask((answer) => {
      seen.unanswered -= 1;
      if (answer === undefined) return void (seen.broken += 1);
      free.push(connection);
      count(answer);
    });
  }

  function count({ status, code, retryAfter, time }) {
    const kind = [status, ...code].join(' ');
    seen.answers[kind] = (seen.answers[kind] ?? 0) + 1;
    if (status !== 200) {
      seen.refusal_times.push(time);
      if (!retryAfter) seen.withoutRetryAfter += 1;
      return;
    }
    seen.times.push(time);
    if (performance.now() - began <= seconds * 1_000) seen.in_time += 1;
    seen.gap_ms = Math.max(seen.gap_ms, performance.now() - succeeded_at);
    succeeded_at = performance.now();
  }
}

/**
 * A connection that sends the same request repeatedly, one at a time; on a broken connection the result is `undefined`.
 */
function openConnection(port, request) {
  return new Promise((resolve, reject) => {
    let text = '';
    let asked;
    const answer = (given) => {
      const done = asked?.done;
      asked = undefined;
      text = '';
      done?.(given);
    };
    const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    socket.once('error', reject).once('close', () => answer());
    socket.on('data', (chunk) => {
      text += chunk;
      const parsed = parse(text);
      if (parsed !== undefined) answer({ ...parsed, time: performance.now() - asked.at });
    });
    const ask = (done) => {
      if (socket.destroyed) return done();
      asked = { done, at: performance.now() };
      socket.write(request);
    };
    socket.once('connect', () => resolve({ ask, close: () => socket.destroy() }));
  });
}

/** Parses a complete response with a length; undefined while it is incomplete. */
function parse(text) {
  const end = text.indexOf('\r\n\r\n') + 4;
  if (end < 4) return undefined;
  const headers = text.slice(0, end).toLowerCase();
  const length = Number(/\r\ncontent-length: (\d+)/.exec(headers)?.[1]);
  if (text.length < end + length) return undefined;
  const status = Number(headers.slice(9, 12));
  return {
    status,
    code: status === 200 ? [] : (/OBP-\d{5}/.exec(text) ?? []),
    retryAfter: headers.includes('\r\nretry-after: '),
  };
}
