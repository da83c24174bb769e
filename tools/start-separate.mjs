// `npm run start:separate`: every service as its own process, as on separate machines.
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from './prepare.mjs';
import { startChildren } from './lib/children.mjs';
import { startDatabase } from './lib/database.mjs';

/** The deployables in the order they start, each with its default gRPC port; the last one is the edge. */
const SERVICES = [
  { name: 'directory', port: 50052 },
  { name: 'customers', port: 50051 },
  { name: 'gateway' },
];

await prepare();
await run(process.env.DATA_DIR || '.data');

async function run(dataDir) {
  const { loadCredentials } = await import('../apps/allinone/dist/credentials.js');
  const database = await startDatabase(dataDir, process.env);
  const credentials = await loadCredentials({ dataDir, env: process.env });
  const children = startChildren(SERVICES.map(({ name }) => name), environment(database.url, credentials));
  const address = `http://${process.env.HOST || '127.0.0.1'}:${process.env.PORT || 8080}`;
  tell(address, credentials);
  void announce(address);
  const failed = await children.ended(stopSignal());
  await database.close();
  process.exit(failed ? 1 : 0);
}

/** What every process is told: the database server, the secrets they share, where each one listens. */
function environment(databaseUrl, credentials) {
  const addresses = SERVICES.filter(({ port }) => port).flatMap(({ name, port }) => {
    const prefix = name.toUpperCase();
    const own = process.env[`${prefix}_PORT`] || String(port);
    return [[`${prefix}_PORT`, own], [`${prefix}_ADDRESS`, process.env[`${prefix}_ADDRESS`] || `127.0.0.1:${own}`]];
  });
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    CALLER_SECRET: credentials.caller_secret,
    ADMIN_USERNAME: credentials.admin_username,
    ADMIN_PASSWORD: credentials.admin_password,
    CONSUMER_KEY: credentials.consumer_key,
    ...Object.fromEntries(addresses),
  };
}

function tell(address, { admin_username, admin_password, consumer_key, created }) {
  console.log(`Starting ${SERVICES.map(({ name }) => name).join(', ')}; the API will be at ${address}. Ctrl-C stops everything.`);
  if (created) console.log(`Admin: ${admin_username}  password: ${admin_password}  consumer key: ${consumer_key}`);
}

/** Says when the edge reaches every service. */
async function announce(address) {
  for (;;) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok) break;
    await sleep(200);
  }
  console.log(`Ready at ${address}`);
}

function stopSignal() {
  return new Promise((resolve) => process.on('SIGINT', resolve).on('SIGTERM', resolve));
}
