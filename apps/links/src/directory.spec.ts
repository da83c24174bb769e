import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ServicePeer } from '@platform/service';
import { createDirectory } from './directory.js';

type Asked = { user_ids: string[] } | { bank_id: string; account_ids: string[] };

const asked: Asked[] = [];
/** A directory that knows every user and account with an x in its id. */
const peer = {
  async call(_rpc: unknown, request: Asked) {
    asked.push(request);
    const known = (ids: string[]) => ids.filter((id) => id.startsWith('x'));
    return 'user_ids' in request
      ? { user_ids: known(request.user_ids).reverse() }
      : { account_ids: known(request.account_ids).filter((id) => id !== `x.not.${request.bank_id}`) };
  },
} as unknown as ServicePeer;
const directory = createDirectory(peer);
const outcomes = async (checks: Promise<void>[]) =>
  (await Promise.allSettled(checks)).map((result) =>
    result.status === 'rejected' ? (result.reason as Error).message : 'there',
  );

beforeEach(() => void (asked.length = 0));

describe('the directory', () => {
  it('is asked once for the users of concurrent calls', async () => {
    const noUser = 'OBP-20057: User not found by userId.';
    expect(await outcomes(['x1', 'nobody', 'x2', 'x1'].map((id) => directory.requireUser(id, 'c')))).toEqual([
      'there',
      noUser,
      'there',
      'there',
    ]);
    expect(asked).toEqual([{ user_ids: ['x1', 'nobody', 'x2'] }]);
  });

  it('is asked once for each bank of the accounts of concurrent calls', async () => {
    const answers = await outcomes([
      directory.requireAccount('a', 'x1', 'c'),
      directory.requireAccount('b', 'x1', 'c'),
      directory.requireAccount('a', 'x.not.a', 'c'),
      directory.requireAccount('b', 'x.not.a', 'c'),
    ]);
    expect(answers).toEqual([
      'there',
      'there',
      'OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is a and Current AccountId is x.not.a',
      'there',
    ]);
    expect(asked).toEqual([
      { bank_id: 'a', account_ids: ['x1', 'x.not.a'] },
      { bank_id: 'b', account_ids: ['x1', 'x.not.a'] },
    ]);
  });

  it('is not asked for texts that are no ids', async () => {
    expect(
      await outcomes([directory.requireUser('a\0', 'c'), directory.requireAccount('a', 'x /', 'c')]),
    ).not.toContain('there');
    expect(asked).toEqual([]);
  });
});
