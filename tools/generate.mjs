// `nx gen NAME`: generates the code of one project that is not in git.
import { relative } from 'node:path';
import { writeDatabase } from './generate/database.mjs';
import { writeDescriptors } from './generate/descriptors.mjs';
import { writeMessages } from './generate/messages.mjs';
import { root } from './lib/workspace.mjs';

const HELP = `node tools/generate.mjs FOLDER

Generates FOLDER/src/gen: the contract in libs/contracts/descriptors and libs/contracts/messages, the list of entities and
migrations in the folder of a service. npm run gen generates all.
`;
const CONTRACTS = {
  'libs/contracts/descriptors': writeDescriptors,
  'libs/contracts/messages': writeMessages,
};

const [folder] = process.argv.slice(2);
if (!folder || folder === '--help') {
  (folder ? process.stdout : process.stderr).write(HELP);
  process.exit(folder ? 0 : 2);
}
const project = relative(root, folder).replaceAll('\\', '/');
const clashing = CONTRACTS[project] ? CONTRACTS[project]() : writeDatabase(folder);
if (clashing.length > 0)
  console.log(`declared in more than one package, exported with the package's noun in front: ${clashing.join(', ')}`);
