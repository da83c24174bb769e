import { createHash } from 'node:crypto';

/** A response that a browser shows. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const style = `
:root { color-scheme: light; font: 1rem/1.5 system-ui, sans-serif; color: #1b1f24; background: #eef1f5; }
body { margin: 0; padding: 1rem; }
main { box-sizing: border-box; max-width: 26rem; margin: 6vh auto; padding: 1.5rem; border-radius: .75rem; background: #fff; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .625rem .75rem; border: 1px solid #6b7480; border-radius: .375rem; font: inherit; color: inherit; background: #fff; }
button { width: 100%; margin-top: 1.5rem; padding: .75rem; border: 0; border-radius: .375rem; font: inherit; font-weight: 600; color: #fff; background: #0b57a4; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 3px solid #f0a202; outline-offset: 2px; }
[role=alert] { padding: .75rem; border-left: .25rem solid #b3261e; background: #fdecea; color: #7d1a14; }
code { display: block; padding: .75rem; border-radius: .375rem; background: #eef1f5; font-size: 1rem; user-select: all; }
small { color: #4a5360; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * A page without scripts that cannot be shown in a frame.
 * @param body HTML whose values are already escaped
 * @param returns_to the sources to which the form's response may redirect
 */
export function page(status: number, title: string, body: string, { returns_to = '', set_cookie = '' } = {}): Page {
  return {
    status,
    headers: {
      'Content-Type': 'text/html;charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'${returns_to === '' ? '' : ` ${returns_to}`}; frame-ancestors 'none'; base-uri 'none'`,
      'Referrer-Policy': 'no-referrer',
      ...(set_cookie === '' ? {} : { 'Set-Cookie': set_cookie }),
    },
    text: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`,
  };
}

/** Escapes a text for HTML, also inside a quoted attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
