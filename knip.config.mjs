const production = process.argv.includes('--production');

/** What knip looks for: files, exports and packages that nobody uses; with `--production`, what only tests use. */
const config = {
  entry: [
    'src/cli/main.ts!',
    'src/store/pglite-thread.cjs!',
    'src/codec/failure-converter.ts!',
    'src/console/page/page.js!',
    'src/workflows/interceptors.ts!',
    'src/workflows/shared.ts!',
    'src/panel/page/page.js!',
    'src/console/page/page.js!',
    'src/activities/foresight-process.ts!',
    'src/subprocesses/forecast-process.ts!',
    'src/sandbox/desktop/page/desktop.js!',
    'bench/*.ts',
    'bench/**/*-process.ts',
    'bench/**/*.workflow.ts',
    'scripts/*.mjs',
    'test/**/*.workflow.ts',
    'test/**/*.contract.ts',
    'test/upgrades/orders/said.ts',
  ],
  project: ['src/**/*.{ts,js}!', 'bench/**/*.ts', 'test/**/*.ts', 'scripts/**/*.mjs'],
  jest: production ? false : { config: ['jest.config.cjs'], entry: ['test/**/*.test.ts'] },
  // A type may be exported for the reader of a signature. A value that no other file takes is no export.
  ignoreExportsUsedInFile: production ? true : { interface: true, type: true },
  // Read as files by path, not imported; the last two come with Jest.
  ignoreDependencies: ['@mdn/browser-compat-data', 'protobufjs', 'jest-environment-node', '@jest/test-sequencer'],
  ignoreBinaries: ['go', 'mkfifo', 'openssl', 'systemd-analyze', 'mount', 'umount', 'helm'],
};

export { config as default };
