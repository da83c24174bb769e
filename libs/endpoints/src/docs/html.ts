import { marked } from 'marked';

/** HTML from the platform's own Markdown, without the line break at its end. */
export function toHtml(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true }).trim();
}
