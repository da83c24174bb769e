import { describe, expect, it } from '@jest/globals';
import { ObpFailure } from '@platform/failure';
import { checkText, cutText, isId } from './text.js';

describe('checkText', () => {
  const refusal = (work: () => void): string => {
    try {
      work();
      return '';
    } catch (error) {
      if (error instanceof ObpFailure) return error.detail;
      throw error;
    }
  };

  it('counts characters, not what JavaScript counts', () => {
    expect(refusal(() => checkText('title', '😀'.repeat(5), 5))).toBe('');
    expect(refusal(() => checkText('title', '😀'.repeat(6), 5))).toBe(' title must not be longer than 5 characters.');
  });

  it('refuses NUL, with or without a limit', () => {
    for (const limit of [undefined, 10])
      expect(refusal(() => checkText('email', 'a\0b', limit))).toBe(' email must not contain the NUL character.');
  });
});

describe('isId', () => {
  it.each(['a', 'gh.29.uk', '01a2035e-6a82-72fc-9fa2-bb57c20cc524', 'A_b-1', 'x'.repeat(255)])('takes %s', (text) =>
    expect(isId(text)).toBe(true),
  );
  it.each(['', 'a b', 'a/b', 'a\0', 'é', '%', 'a\n', 'x'.repeat(256)])('does not take %j', (text) =>
    expect(isId(text)).toBe(false),
  );
});

describe('cutText', () => {
  it('leaves a text that is short enough', () => {
    expect(cutText('ß'.repeat(100), 200)).toBe('ß'.repeat(100));
    expect(cutText('', 10)).toBe('');
  });

  it('cuts a longer one between characters', () => {
    expect(cutText('ß'.repeat(101), 200)).toBe(`${'ß'.repeat(100)}…`);
    expect(cutText(`x${'😀'.repeat(50)}`, 12)).toBe('x😀😀…');
  });
});
