import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const root = join(__dirname, '..');
const script = `
  import { compatibility, currency } from './tools/lib/accepted-contract.mjs';
  const path = process.argv[1];
  console.log(JSON.stringify({ compatible: (await compatibility(path)).ok, current: (await currency(path)).ok }));
`;

/** The results of the checks when the contract in the file is the accepted one. */
async function checkAgainst(accepted: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script, accepted], { cwd: root });
  return JSON.parse(stdout);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accepted-contract-'));
  for (const part of ['proto', 'buf.yaml']) await cp(join(root, part), join(folder, part), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const buf = (...args: string[]) =>
  run(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd: folder });
async function accepted(name: string, ...options: string[]): Promise<string> {
  await buf('build', '--exclude-source-info', '-o', `${name}.binpb`, ...options);
  return join(folder, `${name}.binpb`);
}

describe('the accepted contract', () => {
  it('is current when it is the one of now', async () => {
    expect(await checkAgainst(await accepted('now'))).toEqual({ compatible: true, current: true });
  });

  it('is stale, and not broken, when there is more now', async () => {
    expect(await checkAgainst(await accepted('less', '--exclude-path', 'proto/obp/agents'))).toEqual({
      compatible: true,
      current: false,
    });
  });

  it('is broken when there is less now', async () => {
    await appendFile(join(folder, 'proto/obp/agents/v1/agent.proto'), '\nmessage Gone {}\n');
    expect(await checkAgainst(await accepted('more'))).toEqual({ compatible: false, current: false });
  });
});
