import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../lib/workspace.mjs';

const HEADER = '// Generated from proto/ by tools/generate.mjs. Do not edit.\n/* eslint-disable */\n';

/** Runs the generator that a project's buf.gen.yaml names. @param {string} project its folder below the root */
export function generate(project) {
  buf('generate', '--template', join(root, project, 'buf.gen.yaml'));
}

/** The contract with its imports, as a google.protobuf.FileDescriptorSet. */
export function descriptorSet() {
  const path = join(root, '.cache/contract.binpb');
  mkdirSync(dirname(path), { recursive: true });
  buf('build', '--as-file-descriptor-set', '--exclude-source-info', '-o', path);
  return readFileSync(path);
}

export function writeGenerated(folder, name, lines) {
  writeFileSync(join(folder, name), `${HEADER}${lines.join('\n')}\n`);
}

function buf(...args) {
  execFileSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}
