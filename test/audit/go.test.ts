/**
 * Go's own reader of transparency logs, as its tool chain carries it, takes our checkpoints and proofs. Nothing is
 * fetched.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { leafHash, toBase64 } from '../../src/audit/hash.ts';
import { generateKey } from '../../src/audit/note.ts';
import { treeOf } from '../../src/audit/tree.ts';
import { auditLine } from '../../src/store/audit-line.ts';
import { NOON } from '../helpers/events.ts';
import { entry, useFolder } from './helpers.ts';

const [root = '', version = ''] = (
  spawnSync('go', ['env', 'GOROOT', 'GOVERSION'], { encoding: 'utf8' }).stdout ?? ''
).split('\n');
const packages = join(root, 'src/cmd/vendor/golang.org/x/mod/sumdb');
const hasGo = root !== '' && existsSync(join(packages, 'tlog')) && existsSync(join(packages, 'note'));

const file = useFolder();
const { signer } = generateKey('log.example/audit');

function logOf(size: number) {
  const lines = Array.from({ length: size }, (_, n) => auditLine(entry(n)));
  const tree = treeOf(lines.map((line) => leafHash(line)));
  const sizes = [1, 2, 3, 8, 21, size];
  return {
    Key: signer.text,
    Checkpoints: sizes.map((at) => signCheckpoint({ size: at, root: tree.root(at), at: new Date(NOON) }, signer)),
    Leaf: lines[13] ?? '',
    Index: 13,
    Inclusion: tree.inclusionProof(13).map(toBase64),
  };
}

function check(document: object): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(file('check'), [], { input: JSON.stringify(document), encoding: 'utf8' });
}

(hasGo ? describe : describe.skip)("Go's sumdb/note and sumdb/tlog", checkWithGo);

function checkWithGo(): void {
  beforeAll(() => {
    for (const name of ['note', 'tlog']) {
      mkdirSync(file(name));
      for (const source of readdirSync(join(packages, name)).filter((one) => one.endsWith('.go')))
        cpSync(join(packages, name, source), join(file(name), source));
    }
    writeFileSync(file('go.mod'), `module check\n\ngo ${/\d+\.\d+/.exec(version)?.[0] ?? '1.22'}\n`);
    writeFileSync(file('main.go'), readFileSync(join(__dirname, 'go/main.go.txt'), 'utf8'));
    const built = spawnSync('go', ['build', '-o', file('check'), '.'], {
      cwd: dirname(file('go.mod')),
      encoding: 'utf8',
      env: { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
    });
    if (built.status !== 0) throw new Error(built.stderr);
  });

  test('accept checkpoints and inclusion proofs, and refuse changed ones', () => {
    const log = logOf(40);
    expect(check(log)).toMatchObject({ status: 0, stdout: '6 checkpoints, 1 inclusion proof\n' });
    expect(check({ ...log, Leaf: `${log.Leaf} ` }).status).toBe(1);
    expect(check({ ...log, Checkpoints: log.Checkpoints.map((note) => note.replace('\n40\n', '\n41\n')) }).status).toBe(
      1,
    );
  });
}
