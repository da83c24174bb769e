import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repairLinks } from './binaries-links.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'links-spec-'));
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'native/lib/libpq.so.5.18'), 'library');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes the version links that an ignored install script would have made, again and again', () => {
  writeFileSync(
    join(folder, 'native/pg-symlinks.json'),
    '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]',
  );
  expect(repairLinks(join(folder, 'native'))).toBe(true);
  expect(repairLinks(join(folder, 'native'))).toBe(true);
  expect(readFileSync(join(folder, 'native/lib/libpq.so.5'), 'utf8')).toBe('library');
});

it('has nothing to do for a package without links', () => {
  expect(repairLinks(join(folder, 'native'))).toBe(true);
});
