import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFolder } from './folder.js';
import { type Program, root, startProgram } from './program.js';
import type { Service } from './stack.js';

/**
 * Asks a process for its health by the program that lies in its bundle.
 * @param folder where to put the program
 * @param settings those of the process
 */
export function startHealth(
  folder: Pick<DataFolder, 'path'>,
  service: Service,
  settings: Record<string, string>,
  args: readonly string[] = [],
): Program {
  writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ name: service }));
  cpSync(join(root, 'tools/bundle/health.mjs'), join(folder.path, 'health.mjs'));
  return startProgram('health.mjs', settings, args, folder.path);
}
