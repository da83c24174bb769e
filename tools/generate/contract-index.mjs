import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

// Names that ts-proto declares in every file.
const REPEATED = new Set([
  'Builtin',
  'DeepPartial',
  'Exact',
  'KeysOfUnion',
  'MessageFns',
  'protobufPackage',
  'protobufFileName',
]);

/**
 * The source of an index.ts that re-exports the generated files below `folder` by name. A name that
 * two files declare is exported with its package's noun in front (CustomersAccount, LinksAccount), so
 * that neither hides the other.
 * @param {string} folder
 * @param {(path: string) => boolean} wanted chooses files by their path inside the folder
 */
export function indexSource(folder, wanted) {
  const files = generatedFiles(folder)
    .filter(wanted)
    .map((path) => ({ path, names: exportedNames(join(folder, path)) }));
  const clashing = repeated(files.flatMap(({ names }) => [...names.keys()]));
  const lines = files.flatMap(({ path, names }) => exportLines(path, names, clashing));
  return { files: files.map(({ path }) => path), clashing: [...clashing].sort(), source: lines.join('\n') };
}

function generatedFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .filter((path) => path.includes('/'))
    .sort();
}

/** Maps each exported name to true for a value, false for a type only. */
function exportedNames(path) {
  const names = new Map();
  for (const [, kind, name] of readFileSync(path, 'utf8').matchAll(
    /^export (?:declare )?(const|enum|class|function|interface|type) (\w+)/gm,
  )) {
    if (REPEATED.has(name)) continue;
    names.set(name, names.get(name) || !['interface', 'type'].includes(kind));
  }
  return names;
}

function repeated(names) {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

function exportLines(path, names, clashing) {
  const noun = packageNoun(path);
  const pick = (values) =>
    [...names]
      .filter(([, isValue]) => isValue === values)
      .map(([name]) => (clashing.has(name) ? `${name} as ${noun}${name}` : name))
      .join(', ');
  const from = `from './${path.replace(/\.ts$/, '.js')}';`;
  return [
    ['export', pick(true)],
    ['export type', pick(false)],
  ]
    .filter(([, list]) => list)
    .map(([keyword, list]) => `${keyword} { ${list} } ${from}`);
}

/** obp/customers/v1/customer.ts → Customers; google/rpc/status.ts → Rpc */
function packageNoun(path) {
  const folders = path
    .split('/')
    .slice(0, -1)
    .filter((folder) => !/^v\d+$/.test(folder));
  const noun = folders.at(-1) ?? basename(path, '.ts');
  return noun[0].toUpperCase() + noun.slice(1);
}
