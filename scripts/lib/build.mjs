// Compiles src/ and bench/ into dist/ and bundles the workflows, when their sources have changed since.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { capture, say } from './processes.mjs';

const COMPILED = ['src', 'bench'];
const INPUTS = [...COMPILED, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/lib/build.mjs'];

/** One for each build: nobody else's compiler writes there. */
const NEXT = 'dist.next';

const markerIn = (root) => path.join(root, 'dist', '.fingerprint');

/** Of these sources and packages; while somebody builds, it is not. */
export function isBuilt(root, fingerprint = sourcesFingerprint(root)) {
  const marker = markerIn(root);
  return existsSync(marker) && readFileSync(marker, 'utf8') === fingerprint;
}

export async function build(root, { force = false } = {}) {
  const fingerprint = sourcesFingerprint(root);
  const marker = markerIn(root);
  if (!force && isBuilt(root, fingerprint)) return false;
  const started = Date.now();
  say('building');
  rmSync(marker, { force: true });
  const compiler = await buildAside(root);
  if (compiler.code !== 0)
    throw new Error(
      `The sources do not compile:\n${compiler.output.trimEnd()}\nAfter a pull the packages may be of before: npm install.`,
    );
  writeFileSync(marker, fingerprint);
  say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

/**
 * Builds beside the old result and swaps at the end, so that a process starting meanwhile finds a whole one. Beside and
 * not within: source maps hold paths relative to their own depth.
 */
async function buildAside(root) {
  const dist = path.join(root, 'dist');
  removeLeftOvers(root);
  const next = mkdtempSync(path.join(root, NEXT));
  mkdirSync(dist, { recursive: true });
  try {
    const compiler = await compile(root, next);
    for (const folder of COMPILED) copyAssets(path.join(root, folder), path.join(next, folder));
    copyClientAppSdk(root, next);
    if (compiler.code === 0) await bundleWorkflows(root, next);
    for (const name of [...COMPILED, 'workflow-bundle.js', 'workflow-bundle-cipher.js'])
      swap(path.join(next, name), path.join(dist, name));
    return compiler;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Of builds that were killed. A compiler that outlived its own goes on writing: what it leaves goes next time. */
function removeLeftOvers(root) {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(NEXT)) continue;
    try {
      rmSync(path.join(root, name), { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'ENOTEMPTY') throw error;
    }
  }
}

function compile(root, outDir) {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = ['-p', 'tsconfig.build.json', '--outDir', outDir, '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  return capture(process.execPath, [tsc, ...args], { cwd: root });
}

/** What the compiler leaves behind: templates, SQL, data. */
function copyAssets(from, to) {
  for (const file of filesUnder(from)) {
    if (file.endsWith('.ts')) continue;
    cpSync(file, path.join(to, path.relative(from, file)));
  }
}

/** The panel's page loads it: its browser bundle alone, so that nobody who installs us installs what it was made of. */
function copyClientAppSdk(root, outDir) {
  const name = 'purecloud-client-app-sdk.js';
  const from = path.join(root, 'node_modules', 'purecloud-client-app-sdk', 'dist', name);
  cpSync(from, path.join(outDir, 'src', 'panel', 'page', name));
}

async function bundleWorkflows(root, outDir) {
  const workflowsPath = path.join(root, 'src', 'workflows', 'index.ts');
  if (!existsSync(workflowsPath)) return;
  const { bundleWorkflowCode } = createRequire(path.join(root, 'package.json'))('@temporalio/worker');
  const options = {
    workflowsPath,
    workflowInterceptorModules: [path.join(root, 'src', 'workflows', 'interceptors.ts')],
    preloadModules: [path.join(root, 'src', 'workflows', 'shared.ts')],
    logger: onlyProblems,
  };
  const failureConverterPath = path.join(root, 'src', 'codec', 'failure-converter.ts');
  const plain = await bundleWorkflowCode(options);
  const inCipher = await bundleWorkflowCode({ ...options, failureConverterPath });
  writeFileSync(path.join(outDir, 'workflow-bundle.js'), plain.code);
  writeFileSync(path.join(outDir, 'workflow-bundle-cipher.js'), inCipher.code);
}

const silent = () => {};
const aloud = (message) => say(message);
const onlyProblems = { log: silent, trace: silent, debug: silent, info: silent, warn: aloud, error: aloud };

function swap(from, to) {
  const old = `${from}.old`;
  if (existsSync(to)) renameSync(to, old);
  if (existsSync(from)) renameSync(from, to);
}

function sourcesFingerprint(root) {
  const hash = createHash('sha256').update(process.version);
  for (const input of INPUTS) {
    for (const file of filesUnder(path.join(root, input))) {
      hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

function filesUnder(start) {
  if (!existsSync(start)) return [];
  if (statSync(start).isFile()) return [start];
  return readdirSync(start, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
