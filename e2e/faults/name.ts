import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name whose addresses a play decides, as whoever runs a domain does. */
export interface Name {
  readonly host: string;
  /** What makes a Node process find it: the answer of its `dns.lookup` is that of a file. Other names are found as ever. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on these are its addresses. */
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
      // Whoever reads finds the whole of one answer.
      writeFileSync(`${answers}.new`, JSON.stringify(addresses.map((address) => ({ address, family: 4 }))));
      renameSync(`${answers}.new`, answers);
    },
  };
}
