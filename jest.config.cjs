// ESM-only dependencies (got, parse5, ...) must be transformed on Node 20; the heavy CommonJS ones must not be.
const heavy = [
  '@temporalio',
  'webpack',
  '@swc',
  'typescript',
  'acorn',
  'zod',
  'pg',
  'protobufjs',
  '@grpc',
  'yaml',
  'playwright-core',
  'axe-core',
  'css-tree',
  'pngjs',
];
module.exports = {
  testEnvironment: '<rootDir>/test/helpers/environment.ts',
  roots: ['<rootDir>/test'],
  // The API description may not be redistributed: what it says is tested where somebody has it.
  testMatch: process.env.GENESYS_OAS ? ['**/*.test.ts', '**/*.contract.ts'] : ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.(ts|js|mjs|cjs)$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transformIgnorePatterns: [`/node_modules/(${heavy.join('|')})/`, '<rootDir>/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '/workflow-code\\.ts$': '<rootDir>/test/helpers/workflow-code.ts' },
  globalSetup: '<rootDir>/test/helpers/global-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/global-teardown.ts',
  testTimeout: 240_000,
  testSequencer: '<rootDir>/scripts/lib/test-order.cjs',
  // On two processors: at any time most of the files wait.
  maxWorkers: 5,
};
