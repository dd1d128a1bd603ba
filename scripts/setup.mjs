// Makes a checkout ready to run: the locked dependencies and a fresh build. Does nothing when both are in place.
//   node scripts/setup.mjs          what is missing
//   node scripts/setup.mjs build    build again even if nothing changed
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../src/locks/lock-file.cjs';
import { install } from './lib/install.mjs';
import { build, isBuilt } from './lib/build.mjs';
import { say } from './lib/processes.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 20];

export async function setUp({ forceBuild = false } = {}) {
  checkNode(process.versions.node);
  const file = path.join(root, '.assist-rollouts', 'setup.lock');
  const work = async () => {
    const installed = await install(root);
    await build(root, { force: forceBuild || installed });
  };
  // Each verb looks whether all is in place: of two that look at once nobody has to know.
  const onWait = (owner) => {
    if (!isBuilt(root)) say(`waiting for another set-up to finish (process ${owner?.pid ?? 'unknown'}, ${file})`);
  };
  await withLock(file, work, { onWait });
}

export function checkNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const [wantMajor, wantMinor] = OLDEST_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Error(
    `Node ${version} is too old: Assist Rollouts needs Node ${OLDEST_NODE.join('.')} or newer. ` +
      'Install a newer Node and start this command again.',
  );
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  setUp({ forceBuild: process.argv.includes('build') }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
