import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { need, run } from './command.mjs';
import { unlessDone } from './unless-done.mjs';
import { root } from './workspace.mjs';

/** The path of a Python that has the packages in the folder's requirements.txt. */
export function python(folder) {
  const venv = join(root, '.cache', basename(folder), 'venv');
  const path = join(venv, 'bin/python');
  const requirements = join(folder, 'requirements.txt');
  unlessDone(requirements, join(venv, '.installed'), () => {
    need('python3', ['-c', 'import ensurepip'], 'python3-venv');
    mkdirSync(dirname(venv), { recursive: true });
    run('python3', ['-m', 'venv', '--clear', venv]);
    const quietly = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
    run(path, ['-m', 'pip', 'install', ...quietly, '-r', requirements]);
  });
  return path;
}
