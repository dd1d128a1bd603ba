// `npm run bench:<name>`: sets up, then runs the compiled benchmark of that name with the further arguments.
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.mjs';

await setUp();
const [name, ...args] = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'bench', `${name}.js`), ...args], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
