import { join } from 'node:path';
import { outputOf } from './run-step.mjs';
import { root } from './workspace.mjs';

/** Runs buf in the version of package-lock.json. @returns {Promise<{ok: boolean, output: string}>} */
export function buf(...args) {
  return outputOf(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args]);
}
