import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { need, run } from '../lib/command.mjs';
import { root } from '../lib/workspace.mjs';

export const here = dirname(fileURLToPath(import.meta.url));
const cache = join(root, '.cache/grpc-clients');
const GRPCURL = 'v1.9.1';

/** The path of grpcurl, built from its module. Newer versions need a newer Go than Debian 12 has. */
export function grpcurl() {
  const folder = join(cache, `grpcurl-${GRPCURL}`);
  const path = join(folder, 'grpcurl');
  if (existsSync(path)) return path;
  need('go', ['version'], 'golang-go');
  run('go', ['install', `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL}`], {
    GOBIN: folder,
    GOFLAGS: '-modcacherw',
  });
  return path;
}
