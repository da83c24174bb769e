import { describe, expect, it } from '@jest/globals';
import { AgentV510Schema, BanksV400Schema, BankV500Schema, GetBanksRequestSchema } from '@platform/descriptors';
import { compileAsOf } from './as-of.js';

describe('an answer as an older version shows it', () => {
  const bank = { id: 'b', bank_id: 'b', full_name: null };

  it('lacks the members of later versions, in lists too', () => {
    const one = compileAsOf(BankV500Schema);
    expect(one?.(bank, 'v5.1.0')).toEqual({ id: 'b', full_name: null });
    expect(one?.(bank, 'v6.0.0')).toEqual(bank);
    const many = compileAsOf(BanksV400Schema);
    expect(many?.({ banks: [{ ...bank, bank_code: 'B', short_name: 'B' }] }, 'v5.1.0')).toEqual({
      banks: [{ id: 'b', full_name: null, short_name: 'B' }],
    });
    expect(many?.({ banks: [bank] }, 'v6.0.0')).toEqual({ banks: [bank] });
    expect(many?.({ banks: null }, 'v1.2.1')).toEqual({ banks: null });
  });

  it('lacks the members that only gRPC has, whatever the version', () => {
    const agent = { agent_id: 'a', is_pending_agent: true, version: 7 };
    const one = compileAsOf(AgentV510Schema);
    for (const version of ['v1.2.1', 'v6.0.0'])
      expect(JSON.stringify(one?.(agent, version))).toBe('{"agent_id":"a","is_pending_agent":true}');
    expect(agent.version).toBe(7);
  });

  it('is not touched where no member has a version', () => {
    expect(compileAsOf(GetBanksRequestSchema)).toBeUndefined();
  });
});
