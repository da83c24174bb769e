import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { need, run } from './command.mjs';
import { hashFiles, readStamp, writeStamp } from './hash.mjs';
import { root } from './workspace.mjs';

/** The path of a Python that has the packages in the folder's requirements.txt. */
export function python(folder) {
  const venv = join(root, '.cache', basename(folder), 'venv');
  const stamp = join(venv, '.installed');
  const wanted = hashFiles(folder, ['requirements.txt']);
  const path = join(venv, 'bin/python');
  if (readStamp(stamp) === wanted) return path;
  need('python3', ['-c', 'import ensurepip'], 'python3-venv');
  mkdirSync(dirname(venv), { recursive: true });
  run('python3', ['-m', 'venv', '--clear', venv]);
  run(path, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    '-r',
    join(folder, 'requirements.txt'),
  ]);
  writeStamp(stamp, wanted);
  return path;
}
