// Generates a Go client from each of the documents, and checks it with Go's compiler and vet. Anything that the
// generator warns of would be missing in a client, so a warning is an error too. Needs Go, and Java and Maven for the
// generator.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { here, makeDocuments } from './documents.mjs';

const GENERATOR = 'openapi-generator-cli';
const VERSION = '7.25.0';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.9.0';
/** Warnings about the generator itself, not about a document. */
const EXPECTED = /OpenAPI 3\.1 support is still in beta|Failed to get the schema name: null/;
const PARTS = 'apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false';

for (const [program, ...args] of [
  ['go', 'version'],
  ['java', '-version'],
  ['mvn', '--version'],
]) {
  if (spawnSync(program, args).status !== 0)
    throw new Error(
      `There is no ${program} on this machine. Install Go, Java and Maven (on Debian: apt-get install golang-go default-jre-headless maven).`,
    );
}

const made = await makeDocuments('https://api.platform.test');
try {
  const folder = join(made.folder, 'go');
  mkdirSync(folder);
  const jar = await generator();
  await Promise.all(Object.entries(made.paths).map(([name, path]) => generate(jar, path, folder, name)));
  // One module without requirements: the clients need only Go's standard library.
  writeFileSync(join(folder, 'go.mod'), 'module clients\n\ngo 1.19\n');
  await run('go', ['vet', './...'], folder);
  console.log(`Go compiles the clients of ${Object.keys(made.paths).join(', ')}`);
} finally {
  made.remove();
}

/** @returns the path of the generator, which is downloaded from Maven's repository once */
async function generator() {
  const folder = join(here, '.cache');
  const path = join(folder, `${GENERATOR}-${VERSION}.jar`);
  if (!existsSync(path))
    await run(
      'mvn',
      [
        '--batch-mode',
        '--quiet',
        `${PLUGIN}:copy`,
        `-Dartifact=org.openapitools:${GENERATOR}:${VERSION}`,
        `-DoutputDirectory=${folder}`,
      ],
      folder,
    );
  return path;
}

/** Generates a package with the name. @throws Error when the generator warns */
async function generate(jar, document, folder, name) {
  const options = [
    '--package-name',
    name,
    '--additional-properties',
    'withGoMod=false,hideGenerationTimestamp=true',
    '--global-property',
    PARTS,
  ];
  const said = await run(
    'java',
    ['-jar', jar, 'generate', '-g', 'go', '-i', document, '-o', join(folder, name), ...options],
    folder,
  );
  const warnings = said.split('\n').filter((line) => /\b(WARN|ERROR)\b/.test(line) && !EXPECTED.test(line));
  if (warnings.length > 0)
    throw new Error(
      `${name}: the generator warns ${warnings.length} times:\n${[...new Set(warnings)].slice(0, 10).join('\n')}`,
    );
}

/** @returns the program's output @throws Error with the output when the program fails */
async function run(program, args, cwd) {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${program} failed: ${message}\n${stdout}${stderr}`);
  }
}
