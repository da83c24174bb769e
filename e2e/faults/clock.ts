import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../processes/program.js';

/** The library for threaded programs in Debian's package libfaketime. */
const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

/**
 * The environment that makes a Node process see a later time: by libfaketime, which moves the operating system's clock,
 * where that is installed; otherwise only Date.now is moved.
 * @param folder for a file that it needs
 */
export function clockAhead(
  seconds: number,
  folder: string,
): { readonly how: string; readonly env: Readonly<Record<string, string>> } {
  const library = libraries.find(existsSync);
  // The monotonic clock is not changed, because Node's timers use it.
  if (library !== undefined)
    return {
      how: 'by libfaketime',
      env: {
        LD_PRELOAD: library,
        FAKETIME: `+${seconds}s`,
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
    };
  const file = join(folder, 'clock.cjs');
  writeFileSync(file, `const now = Date.now; Date.now = () => now() + ${seconds * 1_000};\n`);
  return { how: 'within the process only (libfaketime is not installed)', env: { NODE_OPTIONS: `--require ${file}` } };
}

/** The time of the process's last log line, in milliseconds since 1970. */
export function clockOf(program: Program): number {
  return Number([...program.output().matchAll(/"time":(\d+)/g)].at(-1)?.[1]);
}
