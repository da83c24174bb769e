// `npm run docs`: writes the contract's documents to docs/api, and also the contract itself if it breaks no client.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCEPTED, accept, compatibility } from './lib/accepted-contract.mjs';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const FOLDER = 'docs/api';
/** The URL of an instance with default settings. */
const PUBLIC_URL = 'http://127.0.0.1:8080';
/**
 * A running instance gives the time when it computed its documents; here the time is fixed, so that they change only
 * with the contract.
 */
const COMPUTED_AT = new Date('2013-01-21T23:08:00Z');

/** The documents by their paths, as texts. The workspace must be built. */
export async function apiDocuments() {
  const { buildOpenApi, buildResourceDocs, readEndpoints } = await import('@platform/endpoints');
  const endpoints = readEndpoints();
  const text = (document) => `${JSON.stringify(document, null, 1)}\n`;
  return {
    [`${FOLDER}/openapi.json`]: text(buildOpenApi(endpoints, { public_url: PUBLIC_URL })),
    [`${FOLDER}/resource-docs.json`]: text(
      buildResourceDocs(endpoints, { version: 'v5.1.0', computed_at: COMPUTED_AT }),
    ),
  };
}

async function write() {
  await prepare();
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const [path, text] of Object.entries(await apiDocuments())) {
    writeFileSync(join(root, path), text);
    console.log(`${path}: ${Math.round(text.length / 1024)} KB`);
  }
  await writeContract();
}

async function writeContract() {
  const compatible = await compatibility();
  const { ok, output } = compatible.ok ? await accept() : compatible;
  if (ok) return console.log(`${ACCEPTED}: the contract of now`);
  process.exitCode = 1;
  console.error(
    `\n${output.trimEnd()}\n\n${ACCEPTED} stays as it is. A change that is meant to break clients: npm run check -- --accept`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
