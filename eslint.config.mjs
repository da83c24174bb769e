// @ts-check
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const services = ['agents', 'attributes', 'customers', 'directory', 'events', 'links'];
const servicePackages = services.map((name) => `@platform/${name}`);
const everyOwn = ['@platform/*', '!@platform/testing'];
const connect = ['@connectrpc/*'];
const protobuf = ['@bufbuild/*'];
const orm = ['@mikro-orm/*'];
const postgres = ['pg', 'pg-*'];
const grpc = ['@grpc/*', 'grpc-health-check'];

const neverInGateway = [
  ...orm,
  ...postgres,
  ...grpc,
  ...servicePackages,
  '@platform/persistence',
  '@platform/postgres',
  '@platform/allinone',
];

/** Who may import whom: what a folder's code, tests aside, must not import. */
const boundaries = [
  { from: 'libs/contracts', never: [...everyOwn, ...connect, ...grpc, ...orm, ...postgres] },
  { from: 'libs/telemetry', never: [...everyOwn, ...connect, ...protobuf, ...grpc, ...orm, ...postgres] },
  {
    from: 'libs/runtime',
    never: ['@platform/*', '!@platform/telemetry', ...connect, ...protobuf, ...grpc, ...orm, ...postgres],
  },
  {
    from: 'libs/audit',
    never: [
      '@platform/*',
      '!@platform/messages',
      '!@platform/runtime',
      ...connect,
      ...protobuf,
      ...grpc,
      ...orm,
      ...postgres,
    ],
  },
  {
    from: 'libs/failure',
    never: ['@platform/*', '!@platform/messages', ...connect, ...protobuf, ...grpc, ...orm, ...postgres],
  },
  {
    from: 'libs/input',
    never: [
      '@platform/*',
      '!@platform/messages',
      '!@platform/failure',
      ...connect,
      ...protobuf,
      ...grpc,
      ...orm,
      ...postgres,
    ],
  },
  {
    from: 'libs/endpoints',
    never: ['@platform/*', '!@platform/descriptors', ...connect, ...grpc, ...orm, ...postgres],
  },
  {
    from: 'libs/entitlements',
    never: [
      '@platform/*',
      '!@platform/messages',
      '!@platform/failure',
      '!@platform/runtime',
      ...connect,
      ...grpc,
      ...orm,
      ...postgres,
    ],
  },
  {
    from: 'libs/grpc',
    never: [
      '@platform/*',
      '!@platform/messages',
      '!@platform/failure',
      '!@platform/input',
      '!@platform/runtime',
      '!@platform/telemetry',
      ...connect,
      ...orm,
      ...postgres,
    ],
  },
  {
    from: 'libs/persistence',
    never: [
      '@platform/*',
      '!@platform/messages',
      '!@platform/failure',
      '!@platform/runtime',
      '!@platform/telemetry',
      ...connect,
      ...protobuf,
      ...grpc,
    ],
  },
  {
    from: 'libs/outbox',
    never: [
      '@platform/*',
      '!@platform/persistence',
      '!@platform/runtime',
      '!@platform/telemetry',
      ...connect,
      ...protobuf,
      ...grpc,
      ...postgres,
    ],
  },
  {
    from: 'libs/journal',
    never: [
      '@platform/*',
      '!@platform/failure',
      '!@platform/grpc',
      '!@platform/messages',
      '!@platform/persistence',
      '!@platform/runtime',
      ...connect,
      ...protobuf,
      ...grpc,
      ...postgres,
    ],
  },
  {
    from: 'libs/service',
    never: [
      '@platform/*',
      '!@platform/entitlements',
      '!@platform/grpc',
      '!@platform/journal',
      '!@platform/persistence',
      '!@platform/runtime',
      '!@platform/telemetry',
      ...connect,
      ...protobuf,
      ...grpc,
      ...postgres,
    ],
  },
  {
    from: 'libs/customer-presence',
    never: [
      '@platform/*',
      '!@platform/failure',
      '!@platform/input',
      '!@platform/grpc',
      '!@platform/journal',
      '!@platform/messages',
      '!@platform/persistence',
      '!@platform/runtime',
      '!@platform/service',
      ...connect,
      ...protobuf,
      ...grpc,
      ...postgres,
    ],
  },
  { from: 'libs/json-schema', never: ['@platform/*', ...connect, ...protobuf, ...grpc, ...orm, ...postgres] },
  { from: 'libs/postgres', never: ['@platform/*', ...connect, ...protobuf, ...grpc, ...orm] },
  {
    from: 'libs/service-testing',
    never: [
      '@platform/*',
      '!@platform/entitlements',
      '!@platform/failure',
      '!@platform/grpc',
      '!@platform/messages',
      '!@platform/service',
      '!@platform/testing',
      ...connect,
      ...protobuf,
      ...grpc,
      ...orm,
    ],
  },
  { from: 'libs/testing', never: ['@platform/*', '!@platform/postgres', ...connect, ...protobuf, ...grpc, ...orm] },
  ...services.map((name) => ({
    from: `apps/${name}`,
    never: [
      ...connect,
      ...protobuf,
      ...servicePackages,
      '@platform/descriptors',
      '@platform/endpoints',
      '@platform/gateway',
      '@platform/allinone',
      '@platform/postgres',
    ],
  })),
  { from: 'apps/gateway', never: neverInGateway },
  // Below the two faces, REST and Connect, which know nothing of each other.
  ...['audit', 'auth', 'calls', 'guards', 'http'].map((folder) => ({
    from: `apps/gateway/src/${folder}`,
    never: [...neverInGateway, '**/rest/*', '**/connect/*'],
  })),
  { from: 'apps/gateway/src/rest', never: [...neverInGateway, '**/connect/*'] },
  { from: 'apps/gateway/src/connect', never: [...neverInGateway, '**/rest/*'] },
  {
    from: 'apps/identity-provider',
    never: ['@platform/*', '!@platform/runtime', ...connect, ...protobuf, ...grpc, ...orm, ...postgres],
  },
  {
    from: 'apps/allinone',
    never: [
      ...connect,
      ...protobuf,
      ...grpc,
      ...orm,
      ...postgres,
      '@platform/messages',
      '@platform/descriptors',
      '@platform/endpoints',
      '@platform/entitlements',
      '@platform/grpc',
      '@platform/persistence',
    ],
  },
];

const restricted = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  {
    selector: "ImportDeclaration[source.value='node:async_hooks']",
    message: 'On Node 20 its hooks slow down every promise of the process: pass what is needed on.',
  },
];

export default tseslint.config(
  { ignores: ['**/dist/', 'apps/*/bundle/', '**/gen/', '**/node_modules/', '.cache/', '.nx/', '.data/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['{apps,libs,e2e}/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      // Handlers are async by their type, whether or not they have anything to wait for.
      '@typescript-eslint/require-await': 'off',
      'require-yield': 'off',
      // Factories return plain objects of closures, whose methods know no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // `keyof X & string` is how a key is told to be a text.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // Texts are checked for control characters on purpose.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', ...restricted],
    },
  },
  {
    files: ['{apps,libs}/**/src/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }] },
  },
  {
    // An answer under test is of no type yet.
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'e2e/**/*.ts'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'enum-comparison', 'member-access', 'return'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  {
    // A statement stands in a .sql.ts file.
    files: ['apps/{agents,attributes,customers,directory,events,links}/src/**/*.ts'],
    ignores: ['**/*.sql.ts', '**/migrations/*', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...restricted,
        ...['Literal[value=', 'TemplateElement[value.raw='].map((of) => ({
          selector: `${of}/^\\s*(select|insert into|update|delete from|with|lock table) [a-z(*]/]`,
          message: 'A statement stands in a .sql.ts file.',
        })),
      ],
    },
  },
  // Jest takes its global set-up and tear-down from the default export.
  { files: ['libs/testing/src/global-*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  ...boundaries.map(({ from, never }) => ({
    files: [`${from}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/test/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: never, message: 'See "Who may import whom" in CONTRIBUTING.md.' }] },
      ],
    },
  })),
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'Buffer',
          'URL',
          'URLSearchParams',
          'clearInterval',
          'clearTimeout',
          'console',
          'fetch',
          'performance',
          'process',
          'queueMicrotask',
          'setImmediate',
          'setInterval',
          'setTimeout',
          'TextDecoder',
          'TextEncoder',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
