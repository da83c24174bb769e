import { describe, expect, it } from '@jest/globals';
import type { Account } from '@platform/messages';
import type { Backend } from '../../calls/backend.js';
import { createAccountLookup } from './account-lookup.js';

interface Asked {
  readonly bank_id: string;
  readonly account_ids: string[];
}

/** Knows every account whose id has no x, and returns each in its own message, in reverse order. */
function knowing(): { asked: Asked[]; backend: Backend } {
  const asked: Asked[] = [];
  const asServiceStream = async function* (_method: unknown, request: Asked) {
    asked.push(request);
    for (const account_id of request.account_ids.filter((id) => !id.startsWith('x')).reverse())
      yield { accounts: [{ bank_id: request.bank_id, account_id } as Account] };
  };
  return { asked, backend: { asServiceStream } as unknown as Backend };
}

describe('accounts by their ids', () => {
  it('are asked for once for each bank of concurrent requests', async () => {
    const { asked, backend } = knowing();
    const { all } = createAccountLookup(backend);
    const found = await Promise.all([
      all('a', ['1', '2'], 'c'),
      all('b', ['1'], 'c'),
      all('a', ['x', '2', '3', '2'], 'c'),
      all('a', [], 'c'),
    ]);
    expect(asked).toEqual([
      { bank_id: 'a', account_ids: ['1', '2', 'x', '3'] },
      { bank_id: 'b', account_ids: ['1'] },
    ]);
    expect(found.map((accounts) => accounts.map(({ bank_id, account_id }) => bank_id + account_id))).toEqual([
      ['a1', 'a2'],
      ['b1'],
      ['a2', 'a3'],
      [],
    ]);
  });

  it('are asked for by the thousand, apart from those of other requests', async () => {
    const { asked, backend } = knowing();
    const ids = Array.from({ length: 2_500 }, (_, index) => String(index));
    const { all } = createAccountLookup(backend);
    const [many, few] = await Promise.all([all('a', ids, 'c'), all('a', ['1'], 'c')]);
    expect(many.map(({ account_id }) => account_id).sort()).toEqual(ids.sort());
    expect(few).toHaveLength(1);
    expect(asked.map(({ account_ids }) => account_ids.length).sort((a, b) => b - a)).toEqual([1_000, 1_000, 500, 1]);
  });
});
