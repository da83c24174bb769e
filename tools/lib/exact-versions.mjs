import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolders } from './workspace.mjs';

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides'];
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** The dependencies of the workspace that are not pinned to one version, e.g. "apps/gateway: pg ^8.0.0". */
export function inexactVersions(root) {
  return ['.', ...projectFolders()].flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return SECTIONS.flatMap((section) => pins(manifest[section] ?? {}))
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `${folder}: ${name} ${version}`);
  });
}

/** Overrides may be nested. */
function pins(section) {
  return Object.entries(section).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : pins(value),
  );
}
