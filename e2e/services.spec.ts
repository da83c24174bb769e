import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials, loadPackageDefinition, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ServiceName } from '@platform/allinone';
import { callerKey } from '@platform/entitlements';
import * as messages from '@platform/messages';
import { type Platform, startOwnPlatform } from './platform.js';
import { listServices } from './reflection.js';

let platform: Platform;
let address: (service: ServiceName) => string;
beforeAll(async () => {
  platform = await startOwnPlatform({ SERVICE_REFLECTION: 'true' });
  address = (service) => `127.0.0.1:${platform.ports?.[service] ?? 0}`;
});
afterAll(() => platform.close());

/** A client for a service from the .proto file of an installed package. */
function clientOf<T>(proto: string, path: string[], target: string): T & { close(): void } {
  const found = path.reduce(
    (level, name) => (level as Record<string, unknown>)[name],
    loadPackageDefinition(loadSync(resolve('node_modules', proto), { keepCase: true, enums: String })) as unknown,
  );
  return new (found as new (address: string, insecure: unknown) => T & { close(): void })(
    target,
    credentials.createInsecure(),
  );
}

function checkHealth(service: string, target: string): Promise<unknown> {
  const client = clientOf<{
    check(request: object, done: (error: Error | null, answer: { status: string }) => void): void;
  }>('grpc-health-check/proto/health/v1/health.proto', ['grpc', 'health', 'v1', 'Health'], target);
  return new Promise((done, failed) =>
    client.check({ service }, (error, answer) => (error === null ? done(answer.status) : failed(error))),
  ).finally(() => client.close());
}

function createCustomer(metadata: Metadata): Promise<ServiceError | undefined> {
  const client = new Client(address('customers'), credentials.createInsecure());
  const request = Buffer.from(messages.CreateCustomerRequest.encode({ bank_id: 'gh.29.uk', body: null }).finish());
  return new Promise<ServiceError | undefined>((done) => {
    client.makeUnaryRequest(
      '/obp.customers.v1.CustomerService/CreateCustomer',
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
      request,
      metadata,
      (error) => done(error ?? undefined),
    );
  }).finally(() => client.close());
}

describe('each service', () => {
  // What the contract has of the service's package; each service serves one.
  const services = (['customers', 'attributes', 'links', 'agents', 'directory', 'events'] as const).map(
    (name): [ServiceName, string[]] => [
      name,
      Object.values<unknown>(messages)
        .map((one) => (one as { fullName?: unknown }).fullName)
        .filter((full): full is string => typeof full === 'string' && full.startsWith(`obp.${name}.v1.`))
        .sort(),
    ],
  );

  it.each(services)('%s lists its services by reflection, v1 and v1alpha', async (name, expected) => {
    for (const version of ['v1', 'v1alpha'] as const)
      expect((await listServices(version, address(name))).sort()).toEqual(expected);
    expect(expected).not.toEqual([]);
  });

  it.each(services)('%s shows its methods to a common client', async (name, expected) => {
    const buf = join(__dirname, '../node_modules/@bufbuild/buf/bin/buf');
    const { stdout } = await promisify(execFile)(process.execPath, [
      buf,
      'curl',
      '--protocol',
      'grpc',
      '--http2-prior-knowledge',
      '--list-methods',
      `http://${address(name)}`,
    ]);
    for (const service of expected) expect(stdout).toContain(`${service}/`);
  });

  it.each(services)('%s is healthy, as a whole and in each service', async (name, expected) => {
    for (const service of ['', ...expected]) expect(await checkHealth(service, address(name))).toBe('SERVING');
  });
});

describe('the customers service', () => {
  it('shows nobody its methods unless it is told to', async () => {
    const closed = await startOwnPlatform();
    const asking = listServices('v1', `127.0.0.1:${closed.ports?.customers ?? 0}`);
    await expect(asking).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    await closed.close();
  });

  it('refuses a call without a caller, or with one that nobody signed', async () => {
    expect((await createCustomer(new Metadata()))?.code).toBe(status.UNAUTHENTICATED);
    const forged = new Metadata();
    forged.set(callerKey, Buffer.from('forged'));
    expect((await createCustomer(forged))?.code).toBe(status.UNAUTHENTICATED);
    const user = new Metadata();
    user.set('directlogin', `token=${platform.admin.token}`);
    expect((await createCustomer(user))?.code).toBe(status.UNAUTHENTICATED);
  });
});
