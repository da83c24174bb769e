const packages = {
  messages: 'libs/contracts/messages',
  descriptors: 'libs/contracts/descriptors',
  ...Object.fromEntries(
    [
      'audit',
      'customer-presence',
      'endpoints',
      'entitlements',
      'failure',
      'grpc',
      'input',
      'json-schema',
      'outbox',
      'persistence',
      'postgres',
      'runtime',
      'service',
      'service-testing',
      'telemetry',
      'testing',
    ].map((name) => [name, `libs/${name}`]),
  ),
  ...Object.fromEntries(
    [
      'agents',
      'allinone',
      'attributes',
      'customers',
      'directory',
      'events',
      'gateway',
      'identity-provider',
      'links',
    ].map((name) => [name, `apps/${name}`]),
  ),
};

/** Tests run from the sources: compiled to CommonJS one by one, without a build before. */
export default {
  testEnvironment: 'node',
  rootDir: '.',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/e2e', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  // Packages that come as ES modules only, or import some.
  transformIgnorePatterns: ['/node_modules/(?!(jose|marked|@opentelemetry/otlp-exporter-base)/)'],
  transform: {
    '^.+\\.(ts|m?js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...Object.fromEntries(
      Object.entries(packages).map(([name, path]) => [`^@platform/${name}$`, `<rootDir>/${path}/src/index.ts`]),
    ),
  },
  // Jest maps no module names for these two, so they come from the build.
  globalSetup: '<rootDir>/libs/testing/dist/global-setup.js',
  globalTeardown: '<rootDir>/libs/testing/dist/global-teardown.js',
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/tools/lib/count-reporter.mjs'],
};
