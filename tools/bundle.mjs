// `npx nx bundle NAME`: creates a folder with everything that one process needs, and nothing else.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { foreignPackages, licensesOf, sbomOf } from './bundle/packages.mjs';
import { root } from './lib/workspace.mjs';

const NAMES = ['directory', 'customers', 'attributes', 'links', 'agents', 'events', 'gateway'];
const HELP = `node tools/bundle.mjs NAME [FOLDER]

Writes one process (${NAMES.join(', ')}) into FOLDER (apps/NAME/bundle): main.mjs with source maps, files that it
reads, LICENSES.txt and sbom.json (CycloneDX). \`node main.mjs\` starts it wherever the folder lies; \`node main.mjs migrate\`
brings its database up to date; \`--help\` lists its settings; \`node health.mjs\` asks it whether it serves. Build first:
npm run build.
`;

/** Drivers that the ORM's query builder imports and PostgreSQL does not need. */
const UNUSED = [
  'better-sqlite3',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-native',
  'pg-query-stream',
  'sqlite3',
  'tedious',
  'libsql',
  'mariadb',
];
/** Variables that CommonJS code expects. */
const BANNER = [
  `import { createRequire as createRequireOfBundle } from 'node:module';`,
  `const require = createRequireOfBundle(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;`,
].join(' ');

/** Packages that load machine code or their own files; they are copied unchanged beside the bundle. */
const WHOLE = { directory: ['@node-rs/argon2'] };

/**
 * Folders that are read at run time, where they are copied to, and the code that looks for them beside itself: its
 * file, its text, and the replacement.
 */
const FILES = [
  {
    from: 'node_modules/grpc-health-check/proto',
    to: 'proto',
    file: /grpc-health-check[\\/]build[\\/]src[\\/]health\.js$/,
    said: '../../proto',
    then: 'proto',
  },
  {
    from: 'apps/gateway/explorer',
    to: 'explorer',
    file: /apps[\\/]gateway[\\/]explorer[\\/]folder\.cjs$/,
    said: 'exports.folder = __dirname',
    then: `exports.folder = __dirname + '/explorer'`,
  },
  {
    from: 'node_modules/swagger-ui-dist',
    to: 'swagger-ui',
    file: /swagger-ui-dist[\\/]absolute-path\.js$/,
    said: 'resolve(__dirname)',
    then: `resolve(__dirname, 'swagger-ui')`,
  },
];
const SWAGGER_UI = ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css', 'LICENSE', 'NOTICE'];

const [name, folder] = process.argv.slice(2);
if (!NAMES.includes(name)) {
  (name === '--help' ? process.stdout : process.stderr).write(
    name === '--help' ? HELP : `${name ?? 'nothing'} is no process that is bundled.\n\n${HELP}`,
  );
  process.exit(name === '--help' ? 0 : 2);
}
try {
  await bundle(name, resolve(folder ?? join(root, 'apps', name, 'bundle')));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function bundle(name, out) {
  const entry = join(root, 'apps', name, 'dist/main.js');
  if (!existsSync(entry)) throw new Error(`${relative(root, entry)} is not there: npm run build makes it`);
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, 'sbom.json')))
    throw new Error(`${out} holds what is no bundle: give an empty folder`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const whole = WHOLE[name] ?? [];
  const copied = new Set();
  const { metafile } = await build({
    entryPoints: [entry],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    absWorkingDir: root,
    // Names appear in logs and errors, so they are kept.
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    external: [...UNUSED, ...whole],
    banner: { js: BANNER },
    plugins: [moved(copied)],
  });
  for (const { from, to } of FILES.filter(({ from }) => copied.has(from))) copyFiles(join(root, from), join(out, to));
  for (const each of whole) copyPackage(each, out);
  cpSync(join(root, 'tools/bundle/health.mjs'), join(out, 'health.mjs'));
  const packages = foreignPackages([
    ...Object.keys(metafile.inputs),
    ...whole.flatMap(withBinary).map((each) => `node_modules/${each}/`),
  ]);
  writeFileSync(
    join(out, 'package.json'),
    `${JSON.stringify({ name, version: packageOf('.').version, type: 'module', private: true, license: 'Apache-2.0', engines: packageOf('.').engines, main: 'main.mjs' }, null, 2)}\n`,
  );
  writeFileSync(join(out, 'LICENSES.txt'), licensesOf(packages));
  writeFileSync(join(out, 'sbom.json'), `${JSON.stringify(sbomOf(name, packageOf('.').version, packages), null, 2)}\n`);
  console.log(`${relative(process.cwd(), out) || '.'}: ${packages.length} packages`);
}

/** Makes code that reads files beside itself read them from their place in the bundle. */
function moved(copied) {
  return {
    name: 'moved-files',
    setup(esbuild) {
      for (const { from, file, said, then } of FILES) {
        esbuild.onLoad({ filter: file }, ({ path }) => {
          const source = readFileSync(path, 'utf8');
          if (!source.includes(said)) throw new Error(`${path} is not what this moves: ${said}`);
          copied.add(from);
          return { contents: source.replaceAll(said, then), loader: 'js' };
        });
      }
    },
  };
}

function copyFiles(from, to) {
  const isWanted = (path) =>
    basename(from) !== 'swagger-ui-dist' || path === from || SWAGGER_UI.includes(basename(path));
  cpSync(from, to, { recursive: true, filter: (path) => isWanted(path) && !/\.(cjs|cts)$/.test(path) });
}

/** Copies a package and, if it is native, its build for this machine. */
function copyPackage(name, out) {
  for (const each of withBinary(name))
    cpSync(join(root, 'node_modules', each), join(out, 'node_modules', each), { recursive: true });
}

function withBinary(name) {
  return [
    name,
    ...Object.keys(packageOf(join('node_modules', name)).optionalDependencies ?? {}).filter((each) =>
      existsSync(join(root, 'node_modules', each)),
    ),
  ];
}

function packageOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
