import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';
import { accepts } from './node-range.ts';

const OLDEST_NODE = '20.20.0';

interface Locked {
  readonly engines?: { readonly node?: string } | readonly string[];
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

test(`every locked package runs on Node ${OLDEST_NODE}`, () => {
  const ranges = Object.entries(packages).map(([name, { engines }]) => ({
    name,
    node: engines && 'node' in engines ? engines.node : undefined,
  }));
  expect(ranges.length).toBeGreaterThan(100);
  expect(ranges.filter(({ node }) => node !== undefined && !accepts(node, OLDEST_NODE))).toEqual([]);
});

test('every locked package is pinned by its content and by no address; binaries of other platforms at least by their version', () => {
  const locked = Object.entries(packages).filter(([name]) => name !== '');
  const ofOnePlatform = ({ optional, os }: Locked): boolean => optional === true && os !== undefined;
  expect(
    locked.filter(([, entry]) => entry.integrity === undefined && !ofOnePlatform(entry)).map(([name]) => name),
  ).toEqual([]);
  expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([]);
});

test('the lock file names the binaries of every platform: npm ci refuses one that does not', () => {
  const wanted = Object.entries(packages).flatMap(([parent, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).map((name) => ({ parent, name })),
  );
  expect(wanted.length).toBeGreaterThan(20);
  const missing = wanted.filter(
    ({ parent, name }) => !(`${parent}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

/** Spelt in pieces, so that this file does not name them either. */
const REGISTRIES = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['proxy', 'golang', 'org'],
  ['repo', 'maven', 'apache', 'org'],
  ['registry', 'npmmirror', 'com'],
  ['files', 'pythonhosted', 'org'],
].map((parts) => parts.join('.'));

test('no committed file names the host of a package registry', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  expect(files).toContain('package.json');
  expect(files.flatMap((file) => registriesIn(file))).toEqual([]);
});

function registriesIn(file: string): string[] {
  const text = textOf(file);
  return REGISTRIES.filter((host) => text.includes(host)).map((host) => `${file} names ${host}`);
}

/** A file that is committed but deleted in the working copy names nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(join(ROOT, file), 'utf8');
  } catch {
    return '';
  }
}
