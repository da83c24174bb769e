import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { createTestDatabase } from '@platform/testing';
import { createOpen } from './open.js';
import { startProgram } from './program.js';

jest.setTimeout(120_000);

const { opened, closeAll } = createOpen();
let work: string;
beforeEach(() => void (work = mkdtempSync(join(tmpdir(), 'data-care-'))));
afterEach(async () => {
  await closeAll();
  rmSync(work, { recursive: true, force: true });
});

it.each([
  ['verify-data', []],
  ['backup', ['backup-folder']],
] as const)('%s refuses a DATA_DIR without data, names it and creates nothing', async (name, operands) => {
  const DATA_DIR = join(work, 'dtaa');
  const args = operands.map((operand) => join(work, operand));
  const program = opened(startProgram(`tools/${name}.mjs`, { DATA_DIR }, args));
  expect(await program.ended(60_000)).toBe(1);
  expect(program.output()).toContain(`${DATA_DIR} has no data of PostgreSQL`);
  expect(readdirSync(work)).toEqual([]);
});

it('backup says which folder POSTGRES_BIN must name', async () => {
  const { url } = opened(await createTestDatabase('data-care'));
  const urls = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, url]));
  const settings = { ...urls, POSTGRES_BIN: work };
  const program = opened(startProgram('tools/backup.mjs', settings, [join(work, 'backup-folder')]));
  expect(await program.ended(60_000)).toBe(1);
  expect(program.output()).toMatch(/pg_dump \d+ or newer is needed/);
  expect(program.output()).toContain(
    `POSTGRES_BIN (${work}) has none. Set it to the folder in which pg_dump itself lies`,
  );
});
