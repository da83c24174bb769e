import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folders of the projects that npm links: the workspaces of the root package.json. */
export function projectFolders() {
  return ['libs/contracts', 'libs', 'apps']
    .flatMap((parent) => foldersIn(parent))
    .concat('e2e')
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
}

function foldersIn(parent) {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}
