import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tour } from '@platform/allinone';
import { type Platform, startPlatform } from './platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

describe('the printed tour', () => {
  it('is the one in the README', () => {
    const shown = {
      admin_username: 'admin.user',
      admin_password: '<password>',
      consumer_key: '<key>',
      consumer_secret: '',
      caller_secret: '',
      journal_key: '',
    };
    expect(readFileSync(join(__dirname, '../README.md'), 'utf8')).toContain(tour('http://127.0.0.1:8080', shown));
  });

  it('shows the customer it created with all that belongs to it, and deletes it, whenever it is run', async () => {
    const { username, password, consumer_key } = platform.admin;
    const script = tour(platform.origin, {
      admin_username: username,
      admin_password: password,
      consumer_key,
      consumer_secret: '',
      caller_secret: '',
      journal_key: '',
    });
    const ids = new Set<unknown>();
    for (let run = 0; run < 2; run += 1) {
      const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { timeout: 20_000 });
      expect(stderr).toBe('');
      const [mine = '', overview = '', deleted] = stdout.trim().split('\n').slice(-3);
      const customer = JSON.parse(overview) as Record<string, unknown>;
      expect(customer).toMatchObject({
        bank_id: 'gh.29.uk',
        legal_name: 'Eveline Tripman',
        date_of_birth: '1990-05-15T00:00:00Z',
        customer_attributes: [{ name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789' }],
        accounts: [{ label: 'Savings', product_code: 'SAVINGS', balance: { currency: 'EUR', amount: '0' } }],
      });
      // On an external platform the admin may be linked to other customers too.
      expect(JSON.parse(mine)).toEqual({
        customers: expect.arrayContaining([expect.objectContaining({ customer_id: customer.customer_id })]),
      });
      expect(deleted).toBe('true');
      ids.add(customer.customer_id);
    }
    expect(ids.size).toBe(2);
  });
});
