import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../processes/program.js';

/** Where Debian's package libfaketime has the library for programs with threads. */
const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

/**
 * What makes a Node process see a later time: the operating system's clock through libfaketime where that is installed,
 * otherwise Date.now alone.
 * @param folder for a file that it needs
 */
export function clockAhead(
  seconds: number,
  folder: string,
): { readonly how: string; readonly env: Readonly<Record<string, string>> } {
  const library = libraries.find(existsSync);
  // The monotonic clock stays: Node's timers wait by it.
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

/** The time of the last line that a process has logged, in milliseconds since 1970. */
export function clockOf(program: Program): number {
  return Number([...program.output().matchAll(/"time":(\d+)/g)].at(-1)?.[1]);
}
