// Installs the locked dependencies when they are missing or when package-lock.json has changed since.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npm, run, say } from './processes.mjs';

export async function install(root) {
  if (isInstalled(root)) return false;
  const started = Date.now();
  say('installing the locked dependencies (npm ci)');
  await npmCi(root);
  remember(root);
  say(`dependencies installed in ${seconds(started)}`);
  return true;
}

/** No install script is needed; where npm cannot promise to run none but the allowed, it is told to run none at all. */
async function npmCi(root) {
  const common = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const [command, args] = npm([...common, '--strict-allow-scripts']);
  if ((await run(command, args, { cwd: root })) === 0) return;
  say('npm ci --strict-allow-scripts failed (its reason stands above); trying once more without install scripts');
  const [again, plainArgs] = npm([...common, '--ignore-scripts']);
  if ((await run(again, plainArgs, { cwd: root })) === 0) return;
  throw new Error(
    "The locked dependencies could not be installed (npm ci failed twice; npm's own message stands above). " +
      'Check the network and the registry npm is set to, then start this command again.',
  );
}

/**
 * A lock file that changed without changing what is installed (an entry for another platform, say) costs no new
 * installation.
 */
function isInstalled(root) {
  const marker = markerOf(root);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lockFingerprint(root)) return true;
  if (!holdsLocked(root)) return false;
  remember(root);
  return true;
}

function remember(root) {
  mkdirSync(path.join(root, 'node_modules'), { recursive: true });
  writeFileSync(markerOf(root), lockFingerprint(root));
}

/** True when every locked package is in place, whoever put it there: npm keeps its own record of what it did. */
function holdsLocked(root) {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, { optional, integrity }]) => name === '' || optional || present[name]?.integrity === integrity,
  );
}

const markerOf = (root) => path.join(root, 'node_modules', '.assist-rollouts');

function lockFingerprint(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
