// `npm run reference`: writes docs/reference/ anew out of verbs and schema, by the test that holds it equal.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { root, setUp } from './setup.mjs';

await setUp();
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/packaging/reference'], {
  cwd: root,
  env: { ...process.env, WRITE_REFERENCE: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
