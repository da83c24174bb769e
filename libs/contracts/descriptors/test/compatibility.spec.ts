import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const root = process.cwd();
const baseline = join(root, 'docs/api/contract.binpb');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true });
  cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const breaking = () =>
  spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'breaking', '--against', baseline], {
    cwd: folder,
    encoding: 'utf8',
  });

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, 'proto', file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

const lastField = /optional string name_suffix = 18 \[.*\];/;

describe('the accepted contract', () => {
  it('is kept by the proto files of now', () => {
    const { status, stdout } = breaking();
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('takes a new field', () => {
    edit('obp/customers/v1/customer_bodies.proto', lastField, '$&\n  optional string nickname = 19;');
    expect(breaking().status).toBe(0);
  });

  it.each([
    ['a field that is gone', ''],
    ['a field of another type', 'optional int32 name_suffix = 18;'],
    ['a field of another number', 'optional string name_suffix = 19;'],
  ])('is broken by %s', (_change, to) => {
    edit('obp/customers/v1/customer_bodies.proto', lastField, to);
    const { status, stdout } = breaking();
    expect(status).not.toBe(0);
    expect(stdout).toContain('customer_bodies.proto');
  });
});
