import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serviceNames } from '@platform/allinone';
import { freePort } from '@platform/postgres';
import { root } from '../lib/workspace.mjs';
import { answers, startProcess } from './process.mjs';

export const BANK_ID = 'bench.bank';
const ROLES = [
  'CanGetCustomer',
  'CanGetCustomers',
  'CanGetCustomerAttributesAtOneBank',
  'CanGetCustomerOverview',
  'CanCreateCustomer',
  'CanCreateUserCustomerLink',
];

/** The command line that makes a process write its CPU profile when it ends. */
export function profileFlags(name, folder) {
  if (folder === '') return [];
  mkdirSync(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`, `--cpu-prof-name=${name}.cpuprofile`];
}

/**
 * Starts the services and the gateway, as separate processes or all in one.
 * @returns the API's origin, the processes, their programs for another start, and the login
 */
export async function startPlatform({ mode, databaseUrl, profile }) {
  const gateway = await freePort();
  const own = mode === 'one-process' ? {} : await placesOf(serviceNames);
  const login = {
    username: 'bench.admin',
    password: `Aa1!${randomBytes(12).toString('hex')}`,
    consumer_key: randomBytes(20).toString('hex'),
  };
  const origin = `http://127.0.0.1:${gateway}`;
  const env = {
    NODE_ENV: 'production',
    ALLOW_PLAIN_LINKS: 'true',
    CORS_ORIGINS: '*',
    HOST: '127.0.0.1',
    PORT: gateway,
    PUBLIC_URL: origin,
    DATABASE_URL: databaseUrl,
    ...own,
    CALLER_SECRET: randomBytes(32).toString('hex'),
    JOURNAL_KEY: randomBytes(32).toString('hex'),
    ADMIN_USERNAME: login.username,
    ADMIN_PASSWORD: login.password,
    CONSUMER_KEY: login.consumer_key,
    CONSUMER_SECRET: randomBytes(20).toString('hex'),
    // No request is refused, so that any number of connections can be measured.
    MAX_REQUESTS_IN_FLIGHT: '100000',
    MAX_EVENT_LOOP_DELAY_MS: '60000',
    ...telemetryOf(process.env),
  };
  const names = mode === 'one-process' ? ['allinone'] : [...serviceNames, 'gateway'];
  const main = mode === 'bundles' ? 'bundle/main.mjs' : 'dist/main.js';
  const programs = names.map((name) => ({ name, args: [join(root, 'apps', name, main)], env }));
  const processes = programs.map(({ name, args }) =>
    startProcess({ name, args: [...profileFlags(name, profile), ...args], env }),
  );
  const close = async () => {
    for (const started of [...processes].reverse()) await started.close();
  };
  try {
    await answers(`${origin}/readyz`, processes);
    return { origin, processes, programs, login, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is measured may itself be watched: METRICS_PORT=0 and OpenTelemetry's settings are passed on. */
function telemetryOf(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name === 'METRICS_PORT' || name.startsWith('OTEL_')),
  );
}

/** The settings for where each service listens and is reached; in one process none are needed. */
async function placesOf(names) {
  const places = {};
  for (const name of names.map((one) => one.toUpperCase())) {
    places[`${name}_PORT`] = await freePort();
    places[`${name}_ADDRESS`] = `127.0.0.1:${places[`${name}_PORT`]}`;
  }
  return places;
}

/** Logs in, creates the bank and grants itself the roles there, as any client would. @returns the token */
export async function openBank(origin, { username, password, consumer_key }) {
  const { token } = await call(
    'POST',
    `${origin}/my/logins/direct`,
    `username=${username}, password=${password}, consumer_key=${consumer_key}`,
  );
  const api = (verb, path, body) => call(verb, `${origin}/obp/v5.1.0${path}`, `token=${token}`, body);
  const { user_id } = await api('GET', '/users/current');
  const grant = (role_name, bank_id) => api('POST', `/users/${user_id}/entitlements`, { bank_id, role_name });
  await grant('CanCreateBank', '');
  await api('POST', '/banks', { id: BANK_ID, bank_code: 'BENCH', full_name: 'Bank of the Benchmark' });
  for (const role of ROLES) await grant(role, BANK_ID);
  return token;
}

async function call(verb, url, directLogin, body) {
  const headers = { directlogin: directLogin, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: verb, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${verb} ${new URL(url).pathname} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
