import { describe, expect, it } from '@jest/globals';
import { statementName } from './statement-name.js';

describe("a statement's name", () => {
  it('is another for another text, and the same in every process', () => {
    expect(statementName('by-id', 'select 1')).toBe(statementName('by-id', 'select 1'));
    expect(statementName('by-id', 'select 1')).not.toBe(statementName('by-id', 'select 2'));
    expect(statementName('by-id', 'select 1')).toMatch(/^by-id-[\w-]{12}$/);
  });

  it('keeps its hash when the server cuts it at 63 bytes', () => {
    const long = 'n'.repeat(80);
    expect(statementName(long, 'select 1')).toHaveLength(63);
    expect(statementName(long, 'select 1')).not.toBe(statementName(long, 'select 2'));
  });
});
