import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEndpoints } from '@platform/endpoints';
import { type Platform, startOwnPlatform } from './platform.js';
import { listServices } from './reflection.js';

let platform: Platform;
beforeAll(async () => void (platform = await startOwnPlatform()));
afterAll(() => platform.close());

const address = ({ origin }: Platform) => new URL(origin).host;
/** Calls `buf curl` as in the README. */
const bufCurl = async (...args: string[]) =>
  (
    await promisify(execFile)(process.execPath, [
      join(__dirname, '../node_modules/@bufbuild/buf/bin/buf'),
      'curl',
      '--http2-prior-knowledge',
      ...args,
    ])
  ).stdout;

describe("the gateway's port", () => {
  it.each(['v1', 'v1alpha'] as const)('lists the services with operations by reflection %s', async (version) => {
    const expected = [...new Set(readEndpoints().map(({ rpc_path }) => rpc_path.split('/')[1]))].sort();
    expect(await listServices(version, address(platform))).toEqual(expected);
  });

  it('shows a common client every operation, and nothing else', async () => {
    const listed = (await bufCurl('--list-methods', platform.origin)).trim().split('\n');
    expect(listed.sort()).toEqual(
      readEndpoints()
        .map(({ rpc_path }) => rpc_path.slice(1))
        .sort(),
    );
  });

  it.each(['connect', 'grpc', 'grpcweb'])(
    'is called by a client that knows nothing but its address, over %s',
    async (protocol) => {
      const { version } = JSON.parse(
        await bufCurl('--protocol', protocol, `${platform.origin}/obp.views.v1.RootService/GetRoot`),
      ) as { version: string };
      expect(version).toBe('v5.1.0');
    },
  );

  it('describes nothing where that is switched off', async () => {
    const closed = await startOwnPlatform({ GRPC_REFLECTION: 'false' });
    for (const version of ['v1', 'v1alpha'] as const)
      await expect(listServices(version, address(closed))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    await closed.close();
  });
});
