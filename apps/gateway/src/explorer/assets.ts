import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import getSwaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { folder as pageFolder } from '../../explorer/folder.cjs';

/** A file of the explorer, as it is sent. */
export interface Asset {
  /** "main.js" */
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain;charset=utf-8',
};

/** What the page takes of swagger-ui, its notices with it. */
const componentFiles = ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css'];

/** Reads all files of the explorer: its own page and the component it stands on. Nothing else can be asked for. */
export function readAssets(): Asset[] {
  const own = readdirSync(pageFolder).filter((name) => extname(name) in types);
  return [...own.map((name) => readAsset(pageFolder, name)), ...componentFiles.map((name) => readAsset(getSwaggerUiFolder(), name))];
}

function readAsset(folder: string, name: string): Asset {
  return { name, type: types[extname(name)] as string, bytes: readFileSync(join(folder, name)) };
}
