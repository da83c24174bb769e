// The documents of the API, as files for the tools.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from '../prepare.mjs';

/** The folder of these tools. */
export const here = dirname(fileURLToPath(import.meta.url));

/**
 * Creates the documents of all operations.
 * @returns the documents, their paths in a new folder below this one, where the tools find their packages, and a
 * function that removes the folder
 */
export async function makeDocuments(public_url) {
  await prepare();
  const { buildOpenApi, buildSwagger, readEndpoints } = await import('@platform/endpoints');
  const endpoints = readEndpoints();
  const documents = {
    openapi: buildOpenApi(endpoints, { public_url }),
    openapi30: buildOpenApi(endpoints, { public_url }, '3.0'),
    swagger: buildSwagger(endpoints, { public_url }),
  };
  mkdirSync(join(here, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(here, '.cache/documents-'));
  const paths = Object.fromEntries(Object.keys(documents).map((name) => [name, join(folder, `${name}.json`)]));
  for (const [name, document] of Object.entries(documents)) writeFileSync(paths[name], JSON.stringify(document));
  return { documents, folder, paths, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
