// `node health.mjs`: asks the process of this folder, on this machine and with its settings, whether it serves; with `live`
// only whether it answers. A probe runs it every few seconds, so it loads nothing of the process itself.
import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';

const PORTS = {
  directory: 50052,
  customers: 50051,
  attributes: 50053,
  links: 50054,
  agents: 50055,
  events: 50056,
  gateway: 8080,
};
const HELP = `node health.mjs [ready|live]

Asks the process that runs from this folder, with the same settings, whether it serves (ready), or only whether
it answers (live).
Exit code 0: yes; 1: no, with the reason; 2: a wrong argument.
`;
const patience_ms = 2_000;
/** The bytes of grpc.health.v1's answer SERVING: an uncompressed message of two bytes, whose field 1 is 1. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

const { name } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'));
const [wanted = 'ready', ...others] = process.argv.slice(2);
if (!['ready', 'live'].includes(wanted) || others.length > 0) {
  process.stderr.write(HELP);
  process.exit(wanted === '--help' ? 0 : 2);
}
try {
  setTimeout(() => end(1, `no answer within ${patience_ms} ms`), patience_ms);
  const serves = name === 'gateway' ? await askGateway() : await askService();
  end(serves || wanted === 'live' ? 0 : 1, serves ? 'serving' : 'not serving');
} catch (error) {
  end(1, error.message);
}

/** Whether the service says that it serves. @throws Error when it does not answer */
function askService() {
  const { secure, origin } = serviceAddress();
  return new Promise((resolve, reject) => {
    const session = connect(origin, secure).once('error', reject);
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks = [];
    call
      .on('data', (chunk) => chunks.push(chunk))
      .once('error', reject)
      .once('trailers', ({ 'grpc-status': status, 'grpc-message': message }) =>
        Number(status) === 0
          ? resolve(Buffer.concat(chunks).equals(SERVING))
          : reject(new Error(`gRPC status ${status}: ${message}`)),
      )
      .once('close', () => reject(new Error('the connection was closed without an answer')));
    // A request without a service's name: a message of no bytes.
    call.end(Buffer.alloc(5));
  });
}

/** Where the service listens, and how to show its own certificate there. */
function serviceAddress() {
  const address = `${host()}:${setting(`${name.toUpperCase()}_PORT`) || PORTS[name]}`;
  const [cert, key, ca] = ['LINK_TLS_CERT', 'LINK_TLS_KEY', 'LINK_TLS_CA'].map(setting);
  if (cert === '') return { origin: `http://${address}`, secure: {} };
  const domain = setting('LINK_TLS_DOMAIN');
  const servername = domain === '' ? name : `${name}.${domain}`;
  return {
    origin: `https://${address}`,
    secure: { servername, cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca) },
  };
}

/** Whether the gateway answers 200. @throws Error when it does not answer */
function askGateway() {
  const address = `${host()}:${setting('PORT') || PORTS[name]}/${wanted}z`;
  const secure = setting('TLS_CERT') !== '';
  return new Promise((resolve, reject) => {
    // The certificate has the public name, and this asks an address of the machine itself; it sends nothing secret.
    const asked = secure
      ? requestHttps(`https://${address}`, { rejectUnauthorized: false })
      : requestHttp(`http://${address}`);
    asked
      .once('response', ({ statusCode }) => resolve(statusCode === 200))
      .once('error', reject)
      .end();
  });
}

/** The address to ask: a process that listens on all addresses is asked on the loopback. */
function host() {
  const given = setting('HOST') || '127.0.0.1';
  if (given === '0.0.0.0') return '127.0.0.1';
  if (given === '::') return '[::1]';
  return given.includes(':') ? `[${given}]` : given;
}

/** A setting from the environment or from its file, as the process reads it; '' when it is absent. */
function setting(name) {
  const path = process.env[`${name}_FILE`] ?? '';
  return path === '' ? (process.env[name] ?? '') : readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}

function end(code, said) {
  process.stdout.write(`${name}: ${said}\n`);
  process.exit(code);
}
