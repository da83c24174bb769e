import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from './version.js';

it('is that of the package', () => {
  expect(JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'))).toMatchObject({ version });
});
