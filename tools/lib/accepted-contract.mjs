// The contract that clients have: what the one of now is compared with.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buf } from './buf.mjs';
import { root } from './workspace.mjs';

export const ACCEPTED = 'docs/api/contract.binpb';

/** Whether everything that clients have still works. @returns {Promise<{ok: boolean, output: string}>} */
export function compatibility(accepted = ACCEPTED) {
  return buf('breaking', '--against', accepted);
}

/** Whether the accepted contract is the one of now: against an older one, a change of what is new breaks nobody. @returns {Promise<{ok: boolean, output: string}>} */
export async function currency(accepted = ACCEPTED) {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  try {
    const now = join(folder, 'now.binpb');
    const built = await accept(now);
    if (!built.ok) return built;
    const same = readFileSync(now).equals(readFileSync(resolve(root, accepted)));
    return { ok: same, output: same ? '' : `${accepted} is not the contract of now: run npm run docs` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the contract of now the one to be compatible with. @returns {Promise<{ok: boolean, output: string}>} */
export function accept(accepted = ACCEPTED) {
  return buf('build', '--exclude-source-info', '-o', accepted);
}
