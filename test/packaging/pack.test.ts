/** What `npm pack` makes is whole, holds nothing else, and runs where nothing but its dependencies is. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { VERB_NAMES } from '../../src/cli/program.ts';
import { ROOT } from '../helpers/sources.ts';

jest.setTimeout(600_000);

const run = promisify(execFile);
const MAX_PACKED_BYTES = 8 * 1024 * 1024;

let temp: string;
/** As npm lays it out: the package among what it depends on. */
let installed: string;
let files: readonly string[];
let packedBytes: number;

beforeAll(async () => {
  temp = mkdtempSync(join(tmpdir(), 'assist-pack-'));
  const { stdout } = await npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', temp);
  const [made] = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[];
  files = made?.files.map(({ path }) => path) ?? [];
  packedBytes = made?.size ?? 0;
  installed = join(temp, 'somewhere/node_modules/assist-rollouts');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(temp, made?.filename ?? ''), '-C', installed, '--strip-components=1']);
  for (const name of dependencies()) link(join(ROOT, 'node_modules', name), join(dirname(installed), name));
  link(join(installed, 'bin/assist-rollouts'), join(dirname(installed), '.bin/assist-rollouts'));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

function npm(cwd: string, ...args: readonly string[]): Promise<{ readonly stdout: string }> {
  return run('npm', [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
}

function link(to: string, at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(to, at);
}

/** Those that whoever installs it gets; what is for development alone is not among them. */
function dependencies(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly dev?: boolean; readonly optional?: boolean }>;
  };
  return Object.entries(packages).flatMap(([path, { dev, optional }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    return name === undefined || dev === true || optional === true ? [] : [name];
  });
}

async function program(...args: readonly string[]): Promise<string> {
  const home = join(temp, 'home');
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  const bin = join(dirname(installed), '.bin/assist-rollouts');
  return (await run(bin, [...args], { cwd: dirname(dirname(installed)), env })).stdout;
}

test('it runs: its version, its help, a check of its own examples', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await program('--version')).toBe(`${version}\n`);
  expect(await program('--help')).toContain('Before a rollout:');
  const example = 'node_modules/assist-rollouts/examples/refund-assist-1.5.0.yaml';
  expect(await program('lint', example)).toContain(`${example}: ok`);
});

test('every verb finds what it loads', async () => {
  const verbs = VERB_NAMES;
  expect(verbs.length).toBeGreaterThan(40);
  const script = `const { createProgram } = require('assist-rollouts/dist/src/cli/program.js');
    createProgram('1', async () => undefined, undefined).then(({ commands }) => console.log(commands.length));`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: dirname(dirname(installed)) });
  expect(stdout).toBe(`${verbs.length}\n`);
});

test('code that imports it finds its functions and their types', async () => {
  const script = `import('assist-rollouts').then((all) => console.log(typeof all.createConfigurator));`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: dirname(dirname(installed)) });
  expect(stdout).toBe('function\n');
  expect(files).toContain('dist/src/index.d.ts');
});

test('it holds what is for whoever runs it, and nothing of how it is made', async () => {
  expect(files.filter((file) => /^(?:test|bench|src|scripts|node_modules|\.)|\.test\.|tsbuildinfo/.test(file))).toEqual(
    [],
  );
  const { stdout: committed } = await run('git', ['ls-files', 'deploy', 'docs', 'examples', 'schema', 'bin'], {
    cwd: ROOT,
  });
  const beside = (file: string): boolean => /^(?:deploy|docs|examples|schema|bin)\//.test(file);
  expect(files.filter(beside).toSorted()).toEqual(committed.trim().split('\n').toSorted());
  expect(packedBytes).toBeLessThan(MAX_PACKED_BYTES);
});

test('what is made beside it later, keys among that, is not packed', async () => {
  const folder = join(temp, 'later');
  mkdirSync(folder);
  for (const name of ['package.json', 'deploy', 'README.md', 'LICENSE'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const file of [
    'deploy/certificates/ca/ca.key',
    'deploy/messages/messages.yaml',
    'deploy/people/key.json',
    'deploy/.env',
    '.env',
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'secret');
  }
  const { stdout } = await npm(folder, 'pack', '--dry-run', '--ignore-scripts', '--json');
  const [made] = JSON.parse(stdout) as { files: { path: string }[] }[];
  const paths = made?.files.map(({ path }) => path) ?? [];
  expect(paths).toContain('deploy/env.example');
  expect(paths.filter((path) => /key|messages\.yaml|\.env$/.test(path))).toEqual([]);
});

test('no key and no token stands in it', () => {
  const secret = /-----BEGIN (?:\w+ )*PRIVATE KEY-----|\bgh[pousr]_\w{36}|\bglpat-[\w-]{20}|\bAKIA[0-9A-Z]{16}\b/;
  const texts = files.filter((file) => statSync(join(installed, file)).size < 1_000_000);
  expect(texts.length).toBeGreaterThan(1000);
  expect(texts.filter((file) => secret.test(readFileSync(join(installed, file), 'utf8')))).toEqual([]);
});

test('where its pages lead is in it, but for sources and tests, which are read where it is made', () => {
  const pages = files.filter((file) => file.endsWith('.md'));
  const links = pages.flatMap((page) =>
    [...readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)].map(([, to = '']) => ({
      page,
      to: normalize(join(dirname(page), to)),
    })),
  );
  expect(links.length).toBeGreaterThan(200);
  const inside = new Set([...files, ...files.flatMap(foldersOf)]);
  expect(
    links.filter(({ to }) => !inside.has(to.replace(/\/$/, '')) && !/^(?:src|test|bench|scripts)\b/.test(to)),
  ).toEqual([]);
  expect(readdirSync(installed)).toContain('CONTRIBUTING.md');
});

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}
