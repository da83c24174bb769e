import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import getSwaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { folder as pageFolder } from '../../explorer/folder.cjs';

/** A file of the explorer, as it is sent. */
export interface Asset {
  /** "main.js" */
  readonly name: string;
  readonly type: string;
  /** Reads the file once, at its first request: few requests need it. */
  readonly bytes: () => Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain;charset=utf-8',
};

/** The files of swagger-ui that the page uses, with their licence notices. */
const componentFiles = ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css'];

/** All files of the explorer: its own page and the component it is based on. No other file can be requested. */
export function findAssets(): Asset[] {
  const own = readdirSync(pageFolder).filter((name) => extname(name) in types);
  return [
    ...own.map((name) => assetOf(pageFolder, name)),
    ...componentFiles.map((name) => assetOf(getSwaggerUiFolder(), name)),
  ];
}

function assetOf(folder: string, name: string): Asset {
  let bytes: Buffer | undefined;
  return { name, type: types[extname(name)] as string, bytes: () => (bytes ??= readFileSync(join(folder, name))) };
}
