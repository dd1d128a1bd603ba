import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}
interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly integrity?: string;
}

/** By its purl: the name is what it is imported by, which may be another. */
const idOf = ({ purl }: Component): string => decodeURIComponent(purl.slice('pkg:npm/'.length));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly license: string;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the list of what is built in (SBOM)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  const make = (file: string): string => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs'), join(folder, file)], { stdio: 'pipe' });
    return readFileSync(join(folder, file), 'utf8');
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test('names every locked package with its version and its hash, and no other; the same lockfile gives the same list', () => {
    const text = make('first.json');
    const sbom = JSON.parse(text) as {
      readonly bomFormat: string;
      readonly components: readonly Component[];
      readonly metadata: { readonly component: Component };
    };
    expect(sbom.bomFormat).toBe('CycloneDX');
    expect(sbom.metadata.component).toMatchObject({ name: 'assist-rollouts', purl: 'pkg:npm/assist-rollouts@0.1.0' });
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, Locked>>;
    };
    const locked = Object.entries(packages)
      .filter(([path]) => path !== '')
      .map(([path, { name, version, integrity }]) => ({
        id: `${name ?? path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`,
        integrity,
      }));
    expect([...new Set(sbom.components.map(idOf))].sort()).toEqual([...new Set(locked.map(({ id }) => id))].sort());
    const hashes = new Map(
      sbom.components.map((component) => [
        idOf(component),
        component.hashes?.map(({ content }) => Buffer.from(content, 'hex').toString('base64')),
      ]),
    );
    expect(
      locked
        .filter(
          ({ id, integrity }) => integrity !== undefined && !hashes.get(id)?.some((hash) => integrity.endsWith(hash)),
        )
        .map(({ id }) => id),
    ).toEqual([]);
    expect(make('second.json')).toBe(text);
  });
});

test('the package brings its licence, how to report a weakness, and the list of what is built in', () => {
  expect(manifest.license).toBe('Apache-2.0');
  expect(read('LICENSE')).toMatch(/^\s*Apache License\s+Version 2\.0, January 2004/);
  for (const file of ['LICENSE', 'SECURITY.md', 'sbom.cdx.json']) expect(manifest.files).toContain(file);
  expect(manifest.scripts).toMatchObject({ sbom: 'node scripts/sbom.mjs', prepack: 'node scripts/sbom.mjs' });
  expect(existsSync(join(ROOT, 'SECURITY.md'))).toBe(true);
});

test('SECURITY.md names files and verbs that exist', () => {
  const text = read('SECURITY.md');
  const files = [
    ...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)|`((?:deploy|docs|scripts|src|test|examples)\/[\w./-]+)`/g),
  ].map((match) => match[1] ?? match[2] ?? '');
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !existsSync(join(ROOT, file)) && !file.startsWith('deploy/certificates/'))).toEqual([]);
});
