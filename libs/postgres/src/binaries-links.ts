import { accessSync, constants, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

// The libraries' version links are made by an install script, which many machines do not run.
/** Creates missing links. @returns whether all exist now; false when this process may not write */
export function repairLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const missing = links
    .map(({ source, target }) => ({ path: join(native, '..', target), to: relative(dirname(target), source) }))
    .filter(({ path }) => !lstatSync(path, { throwIfNoEntry: false }));
  if (missing.length === 0) return true;
  try {
    accessSync(join(native, 'lib'), constants.W_OK);
  } catch {
    return false;
  }
  for (const { path, to } of missing) linkOnce(path, to);
  return true;
}

function linkOnce(path: string, to: string): void {
  try {
    symlinkSync(to, path);
  } catch (error) {
    // Another process created the link at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
