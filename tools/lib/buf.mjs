import { join } from 'node:path';
import { outputOf } from './run-step.mjs';
import { root } from './workspace.mjs';

/** Runs the locked buf. @returns {Promise<{ok: boolean, output: string}>} */
export function buf(...args) {
  return outputOf(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args]);
}
