import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A host name whose addresses the test sets, as the owner of a domain does. */
export interface Name {
  readonly host: string;
  /**
   * The environment that makes a Node process resolve it: its `dns.lookup` reads the addresses from a file. Other names
   * are resolved as usual.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Sets its addresses from now on. */
  answer(...addresses: readonly string[]): void;
}

/** @param folder for the files that it needs */
export function createName(host: string, folder: string): Name {
  const [answers, program] = [join(folder, `${host}.json`), join(folder, `${host}.cjs`)];
  writeFileSync(
    program,
    `const { promises } = require('node:dns');
const { readFileSync } = require('node:fs');
const { lookup } = promises;
promises.lookup = async (host, options) => (host === ${JSON.stringify(host)} ? JSON.parse(readFileSync(${JSON.stringify(answers)}, 'utf8')) : lookup(host, options));
require('node:module').syncBuiltinESMExports();
`,
  );
  return {
    host,
    env: { NODE_OPTIONS: `--require ${program}` },
    answer(...addresses) {
      // Renamed, so that a reader always finds a complete file.
      writeFileSync(`${answers}.new`, JSON.stringify(addresses.map((address) => ({ address, family: 4 }))));
      renameSync(`${answers}.new`, answers);
    },
  };
}
