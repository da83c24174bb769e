import { Client, credentials, status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CustomerServiceDefinition, HealthListResponse, IdentityServiceDefinition } from '@platform/messages';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { bind } from '../src/index.js';
import { errorOf, serve, type Served } from './fake-service.js';

const services = [bind(IdentityServiceDefinition, {}), bind(CustomerServiceDefinition, {})];
let served: Served;
let client: Client;
beforeEach(async () => {
  served = await serve(services, {
    authorize: () => fail(Failure.FAILURE_USER_NOT_LOGGED_IN),
    drain_ms: 200,
    reflection: true,
  });
  client = new Client(`127.0.0.1:${served.port}`, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await served.close();
});

const same = (bytes: Buffer) => bytes;
/** A message with one text field of fewer than 128 bytes. */
const field = (number: number, text: string) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)]);

function check(service: string): Promise<number | undefined> {
  return new Promise((resolve, reject) =>
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, field(1, service), (error, answer) =>
      error === null ? resolve(answer?.[1]) : reject(error),
    ),
  );
}

function reflect(version: string, question: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      same,
      same,
    );
    call.on('data', (answer: Buffer) => {
      resolve(answer.toString('latin1'));
      call.end();
    });
    call.on('error', reject);
    call.write(question);
  });
}

const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;

describe('grpc.health.v1', () => {
  it.each(['', 'obp.directory.v1.IdentityService', 'obp.customers.v1.CustomerService'])(
    'says without a caller that "%s" is serving',
    async (service) => {
      expect(await check(service)).toBe(SERVING);
    },
  );

  it('does not know other services', async () => {
    expect((await errorOf(check('obp.links.v1.Nothing')))['code']).toBe(status.NOT_FOUND);
  });

  it('follows what the service says of itself, for whoever asks and whoever watches', async () => {
    const seen: (number | undefined)[] = [];
    const watch = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      same,
      same,
      field(1, 'obp.customers.v1.CustomerService'),
    );
    watch.on('error', () => undefined).on('data', (answer: Buffer) => seen.push(answer[1]));
    const asked = () => Promise.all(['', 'obp.customers.v1.CustomerService'].map(check));
    while (seen.length < 1) await sleep(5);
    served.serving(false);
    expect(await asked()).toEqual([NOT_SERVING, NOT_SERVING]);
    served.serving(true);
    expect(await asked()).toEqual([SERVING, SERVING]);
    while (seen.length < 3) await sleep(5);
    expect(seen).toEqual([SERVING, NOT_SERVING, SERVING]);
    watch.cancel();
  });

  it('tells whoever watches another service that it is unknown, and goes on', async () => {
    const watch = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      same,
      same,
      field(1, 'obp.links.v1.Nothing'),
    );
    const ended = new Promise((resolve) => watch.on('error', resolve));
    const seen = await new Promise<Buffer>((resolve) => watch.once('data', resolve));
    expect(seen[1]).toBe(SERVICE_UNKNOWN);
    served.serving(false);
    watch.cancel();
    expect(await ended).toMatchObject({ code: status.CANCELLED });
  });

  it('lists what it knows', async () => {
    const listed = await new Promise<Buffer | undefined>((resolve, reject) =>
      client.makeUnaryRequest('/grpc.health.v1.Health/List', same, same, Buffer.alloc(0), (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      ),
    );
    const { statuses } = HealthListResponse.decode(listed as Buffer);
    expect(statuses).toEqual(
      Object.fromEntries(
        ['', 'obp.directory.v1.IdentityService', 'obp.customers.v1.CustomerService'].map((name) => [
          name,
          { status: SERVING },
        ]),
      ),
    );
  });

  it('tells a watcher when the server drains', async () => {
    const seen: (number | undefined)[] = [];
    const watch = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, field(1, ''));
    const ended = new Promise((resolve) => watch.on('error', resolve).on('end', resolve));
    await new Promise<void>((resolve) =>
      watch.on('data', (answer: Buffer) => {
        seen.push(answer[1]);
        resolve();
      }),
    );
    await served.close();
    await ended;
    expect(seen).toEqual([SERVING, NOT_SERVING]);
  });
});

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  it('lists the services without a caller', async () => {
    const listed = await reflect(version, field(7, '*'));
    for (const name of ['obp.directory.v1.IdentityService', 'obp.customers.v1.CustomerService'])
      expect(listed).toContain(name);
    expect(listed).not.toContain('obp.links.v1');
  });

  it('shows the file of a symbol', async () => {
    expect(await reflect(version, field(4, 'obp.directory.v1.IdentityService'))).toContain(
      'obp/directory/v1/identity.proto',
    );
  });

  it('is not there unless it is asked for', async () => {
    const closed = await serve(services);
    const other = new Client(`127.0.0.1:${closed.port}`, credentials.createInsecure());
    const call = other.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      same,
      same,
    );
    expect(await new Promise((resolve) => call.on('error', resolve))).toMatchObject({ code: status.UNIMPLEMENTED });
    other.close();
    await closed.close();
  });
});
