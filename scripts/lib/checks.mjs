// Lint, types and Jest, each answering with how many passed and how many failed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { capture, run, say } from './processes.mjs';

/** A check that prints its findings: nothing when all is well. */
async function finding(name, root, script, args, countOf) {
  const started = Date.now();
  const { code, output } = await capture(process.execPath, [script, ...args], { cwd: root });
  const failed = code === 0 ? 0 : Math.max(1, countOf(output));
  if (failed > 0) process.stderr.write(output);
  say(`${name}: ${failed === 0 ? 'fine' : `${failed} failed`} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return { passed: 0, failed };
}

export function lint(root) {
  return finding('lint', root, program(root, 'oxlint'), ['--type-aware', '--deny-warnings'], (output) => {
    const [, warnings, errors] = /Found (\d+) warnings? and (\d+) errors?/.exec(output) ?? [];
    return Number(warnings ?? 0) + Number(errors ?? 0);
  });
}

export function format(root) {
  return finding('format', root, program(root, 'oxfmt'), ['--check', '.'], (output) =>
    Number(/found in above (\d+) files/.exec(output)?.[1] ?? 1),
  );
}

/** What nobody uses, and then what only tests use. */
export async function unused(root) {
  const knip = (name, ...args) =>
    finding(name, root, program(root, 'knip'), ['-c', 'knip.config.mjs', ...args], (output) =>
      [...output.matchAll(/^Un\w+ .*\((\d+)\)$/gm)].reduce((sum, [, found]) => sum + Number(found), 0),
    );
  const all = await knip('unused');
  const shipped = await knip('unused but by tests', '--production', '--include', 'files,exports,types');
  return { passed: 0, failed: all.failed + shipped.failed };
}

/** The page of the panel has types of its own: those of a browser. */
export async function types(root) {
  let [passed, failed] = [0, 0];
  for (const config of ['tsconfig.json', 'tsconfig.page.json']) {
    const found = await finding(
      `types of ${config}`,
      root,
      program(root, 'typescript', 'tsc'),
      ['--noEmit', '-p', config],
      (output) => output.split('\n').filter((line) => /error TS\d+/.test(line)).length,
    );
    passed += found.passed;
    failed += found.failed;
  }
  return { passed, failed };
}

/** For what is young in memory, in each of Jest's processes: with V8's own measure they tidy up a tenth of their time. */
const ROOM = ['--max-semi-space-size=64'];

export async function jest(root, args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assist-rollouts-jest-'));
  const outputFile = path.join(folder, 'result.json');
  try {
    const code = await run(
      process.execPath,
      [...ROOM, program(root, 'jest'), '--json', `--outputFile=${outputFile}`, ...args],
      { cwd: root },
    );
    return counts(root, outputFile, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that did not even load counts as one failure; so does a Jest that ended badly without saying of what. */
function counts(root, outputFile, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: code === 0 ? failed : Math.max(1, failed),
    failures: result.testResults.flatMap((file) => failuresOf(root, file)),
  };
}

/** A line or a few for each, to be said again at the very end: what was said when it failed is thousands of lines up. */
function failuresOf(root, { name, status, message, assertionResults }) {
  const file = path.relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${file}: ${shorten(message)}`] : [];
  return failed.map((test) => `${file} › ${test.fullName}: ${shorten(test.failureMessages[0] ?? '')}`);
}

const MAX_FAILURE_LINES = 12;

function shorten(message) {
  const lines = stripVTControlCharacters(message).split('\n');
  const said = lines.filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return said.slice(0, MAX_FAILURE_LINES).join('\n    ').slice(0, 2000);
}

/** The script behind a program of a dependency. */
function program(root, dependency, name = dependency) {
  const manifest = path.join(root, 'node_modules', dependency, 'package.json');
  const { bin } = createRequire(import.meta.url)(manifest);
  return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
}

/** Runs the checks in turn, prints the last line and sets the exit code. */
export async function conclude(checks) {
  let passed = 0;
  let failed = 0;
  const failures = [];
  for (const check of checks) {
    const result = await check();
    passed += result.passed;
    failed += result.failed;
    failures.push(...(result.failures ?? []));
  }
  for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
