import type { JsonObject } from '@platform/endpoints';
import type { HttpBody } from '@platform/messages';

/** Documents that are computed when first asked for and then kept. */
export interface Documents {
  /** The document of the key; concurrent requests for it cost one computation. */
  of(key: string, compute: () => JsonObject | Promise<JsonObject>): Promise<HttpBody>;
}

/** At most `limit` documents are kept: of more, those that nobody asked for the longest are computed again. */
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
