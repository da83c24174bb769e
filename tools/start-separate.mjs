// `npm run start:separate`: every service as its own process, as on separate machines.
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from './prepare.mjs';
import { startChildren } from './lib/children.mjs';

await prepare();
const { runProgram } = await import('@platform/runtime');
const { banner, loadCredentials, openServer, schemeOf, separateSettings, serviceNames } =
  await import('@platform/allinone');
await runProgram({
  name: 'customer-platform',
  about: 'the OBP customer platform, each service in a process of its own',
  settings: separateSettings,
  start,
});

async function start(values, env) {
  const database = await openServer(values);
  // Only after the folder is locked: of two first starts at the same time, only one may create secrets.
  const names = [...serviceNames, 'gateway'];
  const credentials = loadCredentials({ dataDir: values.DATA_DIR, env });
  const children = startChildren(names, (name) => ({
    ...environment(values, env, credentials, database.url),
    ...metricsPort(values.METRICS_PORT, names.indexOf(name)),
  }));
  const close = async () => {
    await children.close();
    await database.close();
  };
  const origin = `${schemeOf(values)}://${values.HOST}:${values.PORT}`;
  try {
    await Promise.race([ready(origin), children.broken]);
  } catch (error) {
    await close();
    throw error;
  }
  const ports = /** @type {import('@platform/allinone').Ports} */ (
    Object.fromEntries(serviceNames.map((name) => [name, values[`${name.toUpperCase()}_PORT`]]))
  );
  process.stdout.write(banner({ origin, ports, credentials }));
  children.broken.catch(async (error) => {
    console.error(error.message);
    await close();
    process.exit(1);
  });
  return { close };
}

/** The settings of every process: the database server, the shared secrets, and each process's address. */
function environment(values, env, credentials, databaseUrl) {
  const address = (service) => env[`${service}_ADDRESS`] || `${values.HOST}:${values[`${service}_PORT`]}`;
  const addresses = serviceNames.map((name) => [`${name.toUpperCase()}_ADDRESS`, address(name.toUpperCase())]);
  return {
    ...env,
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    PUBLIC_URL: env.PUBLIC_URL || `${schemeOf(values)}://${values.HOST}:${values.PORT}`,
    DRAIN_LINGER_MS: String(values.DRAIN_LINGER_MS),
    CALLER_SECRET: credentials.caller_secret,
    JOURNAL_KEY: credentials.journal_key,
    ADMIN_USERNAME: credentials.admin_username,
    ADMIN_PASSWORD: credentials.admin_password,
    CONSUMER_KEY: credentials.consumer_key,
    CONSUMER_SECRET: credentials.consumer_secret,
    ...Object.fromEntries(addresses),
  };
}

/** The processes cannot share a port: they get METRICS_PORT and those after it. */
function metricsPort(first, index) {
  return first ? { METRICS_PORT: String(first + index) } : {};
}

/** Waits until every service serves. */
async function ready(origin) {
  for (;;) {
    const { status, text } = await read(`${origin}/readyz`).catch(() => ({ status: 0, text: '{}' }));
    if (status === 200 && Object.values(JSON.parse(text).parts ?? {}).every((state) => state === 'serving')) return;
    await sleep(100);
  }
}

/** The gateway's certificate is for its public name, not for this address: that is no reason to reject it. */
function read(url) {
  return new Promise((resolve, reject) => {
    const { get } = url.startsWith('https:') ? https : http;
    const asked = get(url, { agent: false, rejectUnauthorized: false, timeout: 2_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text })).on('error', reject);
    });
    asked.on('error', reject).on('timeout', () => asked.destroy());
  });
}
