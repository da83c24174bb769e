import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatform, platformSettings, type Ports } from '@platform/allinone';
import { readSettings } from '@platform/runtime';
import { serviceDatabases } from './databases.js';
import { type CallOptions, type Answer, createSend, type Send } from './http.js';
import { fromOneAddress } from './one-address.js';

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly consumer_key: string;
  /** The application's secret for OAuth 1.0a signatures. Empty when an external platform did not tell it. */
  readonly consumer_secret: string;
}

/** A logged-in user. */
export interface Person extends Login {
  readonly user_id: string;
  readonly token: string;
}

/** The running platform as clients see it, with a logged-in admin. */
export interface Platform {
  readonly origin: string;
  /** gRPC ports of the services; absent for an external platform (E2E_URL). */
  readonly ports: Ports | undefined;
  /** URLs of the services' databases, e.g. DIRECTORY_DATABASE_URL; absent for an external platform. */
  readonly databases: Readonly<Record<string, string>> | undefined;
  /** The secret that signs calls between the services; absent for an external platform. */
  readonly caller_secret: string | undefined;
  readonly admin: Person;
  readonly send: Send;
  /** Like `send`, with the path below /obp/v5.1.0. */
  readonly call: Send;
  /** Creates and logs in a user with the roles: "CanX" a system role, "CanX@bank" a bank role. */
  person(...roles: string[]): Promise<Person>;
  /** @returns the entitlement's id */
  grant(person: Person, role: string): Promise<string>;
  /** Creates a bank. @returns its id */
  bank(): Promise<string>;
  close(): Promise<void>;
}

/** Starts the platform on free ports with empty databases, or uses the external one at E2E_URL. */
export async function startPlatform(settings: Readonly<Record<string, string>> = {}): Promise<Platform> {
  return enter(await (process.env.E2E_URL === undefined ? startHere(settings) : takeRunning(process.env.E2E_URL)));
}

/** Starts the platform here even if E2E_URL is set: for cases that need other settings or the services' own ports. */
export async function startOwnPlatform(settings: Readonly<Record<string, string>> = {}): Promise<Platform> {
  return enter(await startHere(settings));
}

/** Logs in to a running platform. */
export async function enter(instance: Instance): Promise<Platform> {
  const { send, close } = createSend(instance.origin);
  const call: Send = (method, path, options) => send(method, `/obp/v5.1.0${path}`, options);
  const admin = await logIn(call, send, instance.login);
  const grant = async ({ user_id }: Person, role: string): Promise<string> => {
    const [role_name = '', bank_id = ''] = role.split('@');
    const { json } = await expectStatus(
      201,
      call('POST', `/users/${user_id}/entitlements`, { token: admin.token, body: { role_name, bank_id } }),
    );
    return String(json.entitlement_id);
  };
  // An external platform may have granted it before.
  const granted = await call('POST', `/users/${admin.user_id}/entitlements`, {
    token: admin.token,
    body: { role_name: 'CanCreateBank', bank_id: '' },
  });
  if (granted.status !== 201 && granted.json.message !== 'OBP-30216: Entitlement already exists for the user.')
    throw new Error(granted.text);
  return {
    origin: instance.origin,
    ports: instance.ports,
    databases: instance.databases,
    caller_secret: instance.caller_secret,
    admin,
    send,
    call,
    grant,
    async person(...roles) {
      const { consumer_key, consumer_secret } = instance.login;
      const login = { username: `user.${unique()}`, password: `pass word ${unique()}`, consumer_key, consumer_secret };
      await expectStatus(
        201,
        call('POST', '/users', {
          body: { ...login, email: 'someone@example.com', first_name: 'Some', last_name: 'One' },
        }),
      );
      const person = await logIn(call, send, login);
      for (const role of roles) await grant(person, role);
      return person;
    },
    async bank() {
      const id = `bank.${unique()}`;
      await expectStatus(201, call('POST', '/banks', { token: admin.token, body: { id, bank_code: 'CODE' } }));
      return id;
    },
    async close() {
      close();
      await instance.close();
    },
  };
}

/** @throws Error with the whole response when it has another status */
export async function expectStatus(status: number, answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status} ${answer.text}`);
  return answer;
}

/** The DirectLogin header of a login. */
export function loginHeader({ username, password, consumer_key }: Login): CallOptions {
  return { headers: { DirectLogin: `username=${username}, password=${password}, consumer_key=${consumer_key}` } };
}

export const unique = (): string => randomBytes(6).toString('hex');

/** A running platform, before any login. */
export interface Instance {
  readonly origin: string;
  readonly ports: Platform['ports'];
  readonly databases: Platform['databases'];
  readonly caller_secret: Platform['caller_secret'];
  readonly login: Login;
  close(): Promise<void>;
}

async function startHere(settings: Readonly<Record<string, string>>): Promise<Instance> {
  const [databases, dataDir] = await Promise.all([serviceDatabases(), mkdtemp(join(tmpdir(), 'platform-e2e-'))]);
  const caller_secret = 'a secret that all services of a test share';
  const login = {
    username: 'first.admin',
    password: 'the first admin of the tests',
    consumer_key: 'key-of-the-tests-0123456789',
    consumer_secret: 'secret-of-the-tests-0123456789',
  };
  const env = {
    PORT: '0',
    ...databases.env,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.E2E_LOG_LEVEL ?? 'silent',
    CALLER_SECRET: caller_secret,
    ADMIN_USERNAME: login.username,
    ADMIN_PASSWORD: login.password,
    CONSUMER_KEY: login.consumer_key,
    CONSUMER_SECRET: login.consumer_secret,
    PUBLIC_URL: 'https://api.example.com',
    ...fromOneAddress,
    ...settings,
  };
  const platform = await createPlatform(readSettings(platformSettings, env), env);
  return {
    origin: platform.origin,
    ports: platform.ports,
    databases: databases.env,
    caller_secret,
    login,
    async close() {
      await platform.close();
      await Promise.all([databases.close(), rm(dataDir, { recursive: true, force: true })]);
    },
  };
}

async function takeRunning(origin: string): Promise<Instance> {
  const {
    E2E_ADMIN_USERNAME: username = 'admin.user',
    E2E_ADMIN_PASSWORD: password,
    E2E_CONSUMER_KEY: consumer_key,
    E2E_CONSUMER_SECRET: consumer_secret = '',
  } = process.env;
  if (password === undefined || consumer_key === undefined)
    throw new Error('E2E_URL needs E2E_ADMIN_PASSWORD and E2E_CONSUMER_KEY');
  return {
    origin: origin.replace(/\/+$/, ''),
    ports: undefined,
    databases: undefined,
    caller_secret: undefined,
    login: { username, password, consumer_key, consumer_secret },
    close: async () => undefined,
  };
}

async function logIn(call: Send, send: Send, login: Login): Promise<Person> {
  const { json } = await expectStatus(201, send('POST', '/my/logins/direct', loginHeader(login)));
  const token = String(json.token);
  const { json: user } = await expectStatus(200, call('GET', '/users/current', { token }));
  return { ...login, token, user_id: String(user.user_id) };
}
