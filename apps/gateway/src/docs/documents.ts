import type { JsonObject } from '@platform/endpoints';
import type { HttpBody } from '@platform/messages';

/** Documents that are computed when first requested and then kept. */
export interface Documents {
  /** The document for the key; concurrent requests share one computation. */
  of(key: string, compute: () => JsonObject | Promise<JsonObject>): Promise<HttpBody>;
}

/** At most `limit` documents are kept: beyond that, the least recently requested ones are computed again. */
export function createDocuments(limit: number): Documents {
  const kept = new Map<string, Promise<HttpBody>>();
  return {
    of(key, compute) {
      const document = kept.get(key) ?? render(compute);
      kept.delete(key);
      kept.set(key, document);
      document.catch(() => kept.delete(key));
      if (kept.size > limit) kept.delete(kept.keys().next().value as string);
      return document;
    },
  };
}

async function render(compute: () => JsonObject | Promise<JsonObject>): Promise<HttpBody> {
  return {
    content_type: 'application/json;charset=utf-8',
    data: Buffer.from(JSON.stringify(await compute())),
    extensions: [],
  };
}
