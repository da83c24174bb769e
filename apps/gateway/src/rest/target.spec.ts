import { describe, expect, it } from '@jest/globals';
import { ObpFailure } from '@platform/failure';
import { decodePiece, readTarget, refuseRepeated } from './target.js';

const operations = new Set(['v1.2.1', 'v3.1.0', 'v5.1.0', 'v6.0.0']);
const targetOf = (url: string) => readTarget(url, { operations, documentation: new Set([...operations, 'v7.0.0']) });

const faultOf = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
};

describe('an address', () => {
  it.each(['v1.2.1', 'v3.1.0', 'v5.1.0', 'v6.0.0'])('has its operation after /obp/%s', (version) => {
    expect(targetOf(`/obp/${version}/banks/b/customers?limit=1`)).toMatchObject({
      pieces: ['banks', 'b', 'customers'],
      path: ['obp', version, 'banks', 'b', 'customers'],
    });
  });

  it.each(['/obp/v8.0.0/banks', '/obp/v5.1/banks', '/OBP/v5.1.0/banks', '/banks', '/'])(
    '%s is of no version',
    (url) => {
      expect(targetOf(url).pieces).toBeUndefined();
    },
  );

  it('may be of a version under which only the documentation answers', () => {
    expect(targetOf('/obp/v7.0.0/root')).toMatchObject({ pieces: ['root'], documentationOnly: true });
    expect(targetOf('/obp/v6.0.0/root')).toMatchObject({ pieces: ['root'], documentationOnly: false });
  });

  it('counts repeated slashes as one, also at its end', () => {
    expect(targetOf('//obp///v5.1.0//banks/').pieces).toEqual(['banks']);
  });

  it('keeps its query and, decoded, itself', () => {
    const target = targetOf('/obp/v5.1.0/banks/a%20b?name=x%26y&name=z');
    expect([...target.query]).toEqual([
      ['name', 'x&y'],
      ['name', 'z'],
    ]);
    expect(target.decoded).toBe('/obp/v5.1.0/banks/a b?name=x&y&name=z');
    expect(target.pieces).toEqual(['banks', 'a%20b']);
    expect(decodePiece('a%20b')).toBe('a b');
    expect(decodePiece('a%2Fb')).toBe('a/b');
  });

  it.each([
    'http://elsewhere/obp/v5.1.0/banks',
    '*',
    '',
    '/obp/v5.1.0/%00',
    '/obp/v5.1.0/%',
    '/obp/v5.1.0/%zz',
    '/obp/v5.1.0/%ff',
    '/obp/v5.1.0/banks?x=%00',
  ])('%j is refused', (url) => {
    expect(faultOf(() => targetOf(url))).toMatch(/^OBP-10034/);
  });
});

describe('query parameters', () => {
  it('come once', () => {
    expect(faultOf(() => refuseRepeated(new URLSearchParams('a=1&b=1')))).toBe('');
    expect(faultOf(() => refuseRepeated(new URLSearchParams('a=1&b=1&a=1')))).toMatch(/^OBP-09016/);
    expect(faultOf(() => refuseRepeated(new URLSearchParams('limit=1&l%69mit=1')))).toMatch(/^OBP-09016/);
  });
});
