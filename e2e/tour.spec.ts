import { execFile } from 'node:child_process';
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
  it('ends in the customer it created, whenever it is run', async () => {
    const { username, password, consumer_key } = platform.admin;
    const script = tour(platform.origin, { admin_username: username, admin_password: password, consumer_key, caller_secret: '' });
    const ids = new Set<unknown>();
    for (let run = 0; run < 2; run += 1) {
      const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { timeout: 20_000 });
      expect(stderr).toBe('');
      const customer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      expect(customer).toMatchObject({ bank_id: 'gh.29.uk', legal_name: 'Eveline Tripman', date_of_birth: '1990-05-15T00:00:00Z', customer_attributes: [] });
      ids.add(customer.customer_id);
    }
    expect(ids.size).toBe(2);
  });
});
