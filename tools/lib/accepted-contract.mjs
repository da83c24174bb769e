// The accepted contract, which clients have: the current one is compared with it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buf } from './buf.mjs';
import { root } from './workspace.mjs';

export const ACCEPTED = 'docs/api/contract.binpb';

/** Whether the current contract works for all existing clients. @returns {Promise<{ok: boolean, output: string}>} */
export function compatibility(accepted = ACCEPTED) {
  return buf('breaking', '--against', accepted);
}

/**
 * Whether the accepted contract is the current one: compared with an older one, a breaking change to a new part would
 * not be noticed. @returns {Promise<{ok: boolean, output: string}>}
 */
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

/** Makes the current contract the accepted one. @returns {Promise<{ok: boolean, output: string}>} */
export function accept(accepted = ACCEPTED) {
  return buf('build', '--exclude-source-info', '-o', accepted);
}
