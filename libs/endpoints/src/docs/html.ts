import { marked } from 'marked';

/** HTML of our own Markdown, without the line break at its end. */
export function toHtml(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true }).trim();
}
