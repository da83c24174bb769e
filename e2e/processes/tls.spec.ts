import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { banner, type ServiceName, serviceNames } from '@platform/allinone';
import {
  type Certificate,
  type CertificateAuthority,
  createCertificateAuthority,
  createProxy,
  createSecurePostgres,
  eventually,
  type Proxy,
} from '@platform/testing';
import { createDataFolder, type DataFolder } from './folder.js';
import { startHealth } from './health.js';
import { createOpen } from './open.js';
import { createStack, secrets, type Service, type Stack } from './stack.js';
import { paste, printedTour, touredCustomer } from './tour.js';

jest.setTimeout(120_000);

// Each connection between processes goes through a proxy, which sees what an eavesdropper would see.
const { opened, closeAll } = createOpen();
const proxies = new Map<string, Proxy>();
let folder: DataFolder;
let ca: CertificateAuthority;
let stack: Stack;
let origin: string;

beforeAll(async () => {
  folder = opened(createDataFolder());
  ca = await createCertificateAuthority();
  keep('ca.pem', ca.cert);
  const server = opened(await createSecurePostgres(folder.path, ca));
  const database = await watch('postgres', server.port);
  stack = opened(
    await createStack({
      DATABASE_URL: `${server.url('postgres').replace(`:${server.port}/`, `:${database.port}/`)}?sslmode=verify-full&sslrootcert=${folder.path}/ca.pem`,
      NODE_ENV: 'production',
      LINK_TLS_CA: join(folder.path, 'ca.pem'),
      LINK_TLS_DOMAIN: 'bank.internal',
    }),
  );
  const addresses: Record<string, string> = {};
  for (const name of serviceNames) {
    const setting = `${name.toUpperCase()}_ADDRESS`;
    addresses[setting] = `127.0.0.1:${(await watch(name, Number(stack.env[setting]?.split(':')[1]))).port}`;
  }
  const front = await watch('gateway', Number(stack.env['PORT']));
  origin = `https://127.0.0.1:${front.port}`;
  for (const name of [...serviceNames, 'gateway'] as const) {
    const own = await identity(name);
    await stack.start(name, 0, { ...addresses, PUBLIC_URL: origin, ...own }).said('listening', 30_000);
  }
  await eventually(20_000, 'the platform to be ready', isReady);
});
afterAll(closeAll);

function keep(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

async function watch(name: string, to: number): Promise<Proxy> {
  const proxy = opened(await createProxy(to));
  proxies.set(name, proxy);
  return proxy;
}

const filesOf = (name: string, { cert, key }: Certificate) => ({
  cert: keep(`${name}.crt`, cert),
  key: keep(`${name}.key`, key),
});

/** The settings for a process's own certificates. */
async function identity(name: Service): Promise<Record<string, string>> {
  const link = filesOf(name, await ca.issue(`${name}.bank.internal`));
  const front = name === 'gateway' ? filesOf('front', await ca.issue('api.bank.example')) : undefined;
  return {
    LINK_TLS_CERT: link.cert,
    LINK_TLS_KEY: link.key,
    ...(front === undefined ? {} : { TLS_CERT: front.cert, TLS_KEY: front.key }),
  };
}

function isReady(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`${origin}/readyz`, { ca: ca.cert, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () =>
        resolve(Object.values((JSON.parse(text) as { parts: object }).parts).every((state) => state === 'serving')),
      );
    });
    asked.on('error', () => resolve(false)).end();
  });
}

describe('the platform in production with TLS everywhere', () => {
  it('serves the tour, and no link shows a name or a password', async () => {
    const ports = Object.fromEntries(serviceNames.map((name) => [name, 0])) as Record<ServiceName, number>;
    const generated = ['admin_password', 'consumer_key', 'consumer_secret'] as const;
    const printed = banner({
      origin,
      ports,
      credentials: { ...secrets, caller_secret: '', journal_key: '', generated, file: '' },
    });
    const lines = await paste(`export CURL_CA_BUNDLE=${folder.path}/ca.pem\n${printedTour(printed)}`);
    expect(touredCustomer(lines)).toMatchObject({ legal_name: 'Eveline Tripman' });
    expect([...proxies.keys()].sort()).toEqual([...serviceNames, 'gateway', 'postgres'].sort());
    for (const [name, proxy] of proxies) {
      const sent = proxy.sent();
      // Everything is TLS records; only PostgreSQL's request for TLS comes before them in plain text.
      const start = name === 'postgres' ? '0000000804d2162f160301' : '160301';
      expect([name, sent.subarray(0, start.length / 2).toString('hex')]).toEqual([name, start]);
      for (const word of ['Tripman', secrets.admin_password, secrets.consumer_key, 'legal_name', 'obp.', 'insert into'])
        expect([name, word, sent.includes(word)]).toEqual([name, word, false]);
    }
  });

  it('answers health.mjs, which shows the certificate of its own process', async () => {
    for (const name of [...serviceNames, 'gateway'] as const) {
      const port = `${name.toUpperCase()}_PORT`;
      const address = stack.env[`${name.toUpperCase()}_ADDRESS`] ?? '';
      const settings = { ...stack.env, [port]: address.split(':')[1] ?? '', ...(await identity(name)) };
      const program = startHealth(opened(createDataFolder()), name, settings);
      expect([await program.ended(), program.output()]).toEqual([0, `${name}: serving\n`]);
    }
  });

  it('lets nobody ask for its health who shows no certificate', async () => {
    const settings = { CUSTOMERS_PORT: stack.env['CUSTOMERS_ADDRESS']?.split(':')[1] ?? '' };
    const program = startHealth(opened(createDataFolder()), 'customers', settings, ['live']);
    expect(await program.ended()).toBe(1);
  });

  it('refuses to start with plain links, unless told so by name', async () => {
    const plain = { LINK_TLS_CA: '', LINK_TLS_CERT: '', LINK_TLS_KEY: '', PORT: '0', CUSTOMERS_PORT: '0' };
    for (const name of ['gateway', 'customers'] as const) {
      const program = opened(stack.start(name, 0, plain));
      expect(await program.ended()).toBe(2);
      expect(program.output()).toContain(
        'LINK_TLS_CERT, LINK_TLS_KEY and LINK_TLS_CA must be set when NODE_ENV=production, or ALLOW_PLAIN_LINKS=true where the network encrypts',
      );
      await opened(
        stack.start(name, 0, { ...plain, [`${name.toUpperCase()}_PORT`]: '0', ALLOW_PLAIN_LINKS: 'true' }),
      ).said('listening', 20_000);
    }
  });

  it.each([
    [
      'customers',
      { LINK_TLS_CERT: '', LINK_TLS_KEY: '' },
      'LINK_TLS_CERT, LINK_TLS_KEY and LINK_TLS_CA must be set together',
    ],
    [
      'gateway',
      { TLS_CERT: 'front.crt', TLS_KEY: '', ALLOW_PLAIN_LINKS: 'true', LINK_TLS_CA: '' },
      'TLS_CERT and TLS_KEY must be set together',
    ],
  ] as const)('refuses a certificate of %s of which something is missing', async (name, told, reason) => {
    const program = opened(stack.start(name, 0, told));
    expect(await program.ended()).toBe(2);
    expect(program.output()).toContain(reason);
  });
});
