import { describe, expect, it } from '@jest/globals';
import { createDocuments } from './documents.js';

describe('a document', () => {
  it('is computed once for 20 requests at the same time, and kept', async () => {
    const documents = createDocuments(2);
    let computed = 0;
    const compute = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      computed += 1;
      return { computed };
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => documents.of('a', compute)));
    expect(new Set(answers).size).toBe(1);
    expect(await documents.of('a', compute)).toBe(answers[0]);
    expect(computed).toBe(1);
    expect(answers[0]).toEqual({
      content_type: 'application/json;charset=utf-8',
      data: Buffer.from('{"computed":1}'),
      extensions: [],
    });
  });

  it('goes when there are too many, the one that was not asked for the longest', async () => {
    const documents = createDocuments(2);
    const computed: string[] = [];
    const ask = (key: string) => documents.of(key, () => (computed.push(key), { key }));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key);
    expect(computed).toEqual(['a', 'b', 'c', 'b']);
  });

  it('that could not be computed is not kept', async () => {
    const documents = createDocuments(2);
    await expect(documents.of('a', () => Promise.reject(new Error('once')))).rejects.toThrow('once');
    expect(String((await documents.of('a', () => ({ now: true }))).data)).toBe('{"now":true}');
  });
});
