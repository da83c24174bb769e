import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';
import { generate, writeGenerated } from './buf.mjs';
import { indexSource } from './contract-index.mjs';

const DESCRIPTORS = join(root, 'libs/contracts/descriptors/src/gen');

/** Generates the descriptors with their options (protobuf-es), and their index. */
export function writeDescriptors() {
  generate('libs/contracts/descriptors');
  const { files, clashing, source } = indexSource(
    DESCRIPTORS,
    (path) =>
      path.startsWith('obp/') ||
      /^(google\/api\/(annotations|http|httpbody)|grpc\/reflection\/v1\/reflection)_pb\.ts$/.test(path),
  );
  const fileName = (path) => `file_${path.replace(/_pb\.ts$/, '').replace(/[^A-Za-z0-9]/g, '_')}`;
  const own = files.filter((path) => path.startsWith('obp/'));
  writeGenerated(DESCRIPTORS, 'index.ts', [
    `import type { DescFile } from '@bufbuild/protobuf';`,
    ...own.map((path) => `import { ${fileName(path)} } from './${path.replace(/\.ts$/, '.js')}';`),
    source,
    '/** Every file of the contract. */',
    `export const contractFiles: readonly DescFile[] = [${own.map(fileName).join(', ')}];`,
  ]);
  return clashing;
}
