import { glossaryItems } from './glossary-items.js';
import { toHtml } from './html.js';
import type { JsonObject } from './json.js';

/** The terms of the API, by title. */
export function buildGlossary(): JsonObject {
  const items = [...glossaryItems].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return {
    glossary_items: items.map(([title, markdown]) => ({ title, description: { markdown, html: toHtml(markdown) } })),
  };
}
