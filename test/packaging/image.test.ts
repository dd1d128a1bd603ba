/**
 * What the Dockerfile says, done in folders where there is no engine: its files are copied, its commands run. npm is a
 * stand-in that lays out what the lock says from what is installed here.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}
interface Stage {
  readonly name: string;
  readonly base: string;
  readonly does: readonly Instruction[];
}

const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));

function stagesOf(text: string): readonly Stage[] {
  const lines = text.replaceAll(/^#.*$/gm, '').replaceAll('\\\n', ' ').split('\n').filter(Boolean);
  const instructions = lines.map((line) => ({
    word: line.slice(0, line.indexOf(' ')),
    rest: line.slice(line.indexOf(' ') + 1).trim(),
  }));
  const begins = instructions.flatMap(({ word }, at) => (word === 'FROM' ? [at] : []));
  return begins.map((at, index) => {
    const [base = '', , name = 'last'] = (instructions[at]?.rest ?? '').split(' ');
    return { name, base, does: instructions.slice(at + 1, begins[index + 1]) };
  });
}

let temp: string;
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), 'assist-image-'));
  mkdirSync(join(temp, 'bin'));
  writeFileSync(join(temp, 'bin/npm'), STAND_IN);
  chmodSync(join(temp, 'bin/npm'), 0o755);
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

/** Notes how it was called. */
const STAND_IN = `#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(process.env.CALLS, args.join(' ') + '\\n');
const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
for (const [path, { dev }] of Object.entries(lock.packages)) {
  if (!/^node_modules\\/(@[^/]+\\/)?[^/]+$/.test(path) || (dev && args.includes('--omit=dev'))) continue;
  const from = process.env.PROJECT + '/' + path;
  if (!fs.existsSync(from)) continue;
  fs.mkdirSync(require('node:path').dirname(path), { recursive: true });
  fs.symlinkSync(from, path);
}
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

const rootOf = (stage: string): string => join(temp, 'stages', stage);

/** A path of the image, in the folder that stands for it. */
function within(stage: string, path: string, workdir = '/'): string {
  return join(rootOf(stage), path.startsWith('/') ? path : join(workdir, path));
}

function build({ name, does }: Stage): void {
  mkdirSync(rootOf(name), { recursive: true });
  let workdir = '/';
  for (const { word, rest } of does) {
    if (word === 'WORKDIR') mkdirSync(within(name, (workdir = rest)), { recursive: true });
    if (word === 'COPY') copy(name, workdir, rest.split(' '));
    if (word === 'RUN') command(name, workdir, rest);
  }
}

function copy(stage: string, workdir: string, words: readonly string[]): void {
  const from = words[0]?.startsWith('--from=') === true ? words[0].slice('--from='.length) : null;
  const [to = '', ...sources] = words.slice(from === null ? 0 : 1).toReversed();
  for (const source of sources) {
    const origin = from === null ? join(ROOT, source) : within(from, source);
    const target = within(stage, to, workdir);
    const isFolder = to.endsWith('/');
    cpSync(origin, isFolder ? join(target, basename(source)) : target, { recursive: true, verbatimSymlinks: true });
  }
}

function command(stage: string, workdir: string, line: string): void {
  const [user, group] = ['-un', '-gn'].map((what) => execFileSync('id', [what], { encoding: 'utf8' }).trim());
  const here = line
    .replaceAll(/--mount=\S+ /g, '')
    .replaceAll(/(?<= )(?=\/(?:etc|audit|state|npm-cache)\b)/g, rootOf(stage))
    .replace('-o node -g node', `-o ${user ?? ''} -g ${group ?? ''}`);
  execFileSync('/bin/sh', ['-c', here], {
    cwd: within(stage, workdir),
    stdio: 'pipe',
    env: {
      PATH: [join(temp, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: temp,
      CALLS: join(temp, 'calls'),
      PROJECT: ROOT,
    },
  });
}

test('every stage but the one that holds what was fetched before begins with the same pinned Node', () => {
  expect(stages.map(({ name }) => name)).toEqual(['npm-cache', 'build', 'dependencies', 'last']);
  const [cache, ...others] = stages.map(({ base }) => base);
  expect(cache).toBe('scratch');
  expect(new Set(others).size).toBe(1);
});

test('no command asks the network for anything but what npm may have already', () => {
  const commands = stages.flatMap(({ does }) => does.filter(({ word }) => word === 'RUN').map(({ rest }) => rest));
  expect(commands.length).toBeGreaterThan(3);
  for (const line of commands) expect(line).not.toMatch(/\b(?:apt|apt-get|curl|wget|git|npx)\b|npm (?!ci )/);
  const installs = commands.filter((line) => line.includes('npm ci'));
  expect(installs).toHaveLength(2);
  for (const line of installs)
    expect(line).toMatch(
      /^--mount=type=bind,from=npm-cache,target=(\S+),rw npm ci .*--ignore-scripts .*--cache \1 --prefer-offline$/,
    );
});

test('what it copies is enough to build, and what it builds is enough to run', () => {
  for (const stage of stages) build(stage);
  const image = within('last', '/app');
  expect(readFileSync(join(temp, 'calls'), 'utf8').split('\n')).toEqual([
    expect.stringContaining('ci --include=dev'),
    expect.stringContaining('ci --omit=dev'),
    '',
  ]);
  const entry = stages.at(-1)?.does.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '[]';
  const [program = '', ...args] = JSON.parse(entry) as string[];
  const said = (...more: string[]): string =>
    execFileSync(program, [...args, ...more], {
      cwd: image,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', HOME: temp },
    });
  expect(said('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(said('lint', 'examples/refund-assist-1.5.0.yaml')).toContain('examples/refund-assist-1.5.0.yaml: ok');
  expect(existsSync(join(image, 'dist/workflow-bundle.js'))).toBe(true);
  expect(['src', 'test', 'scripts', 'docs'].filter((name) => existsSync(join(image, name)))).toEqual([]);
  expect(existsSync(join(image, 'node_modules/typescript'))).toBe(false);
});

test('whoever verifies TLS by the system finds certificates there', () => {
  const text = readFileSync(within('last', '/etc/ssl/certs/ca-certificates.crt'), 'utf8');
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  expect(found.length).toBeGreaterThan(100);
  for (const one of found) expect(new X509Certificate(one).ca).toBe(true);
});
