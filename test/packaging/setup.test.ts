/** The set-up scripts, run as processes of their own on small checkouts with a stand-in for npm. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/sources.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-setup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lib = (name: string): string => pathToFileURL(join(ROOT, 'scripts', name)).href;

async function evaluate(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...env },
    });
    return { stdout, stderr, code: 0 };
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

describe('installing', () => {
  const install = (): ReturnType<typeof evaluate> =>
    evaluate(
      `import { install } from '${lib('lib/install.mjs')}'; console.log(await install(${JSON.stringify(folder)}));`,
      { npm_execpath: join(folder, 'npm-cli.js') },
    );
  const calls = async (): Promise<string[]> =>
    (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const lock = (integrity: string): Promise<void> =>
    writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({
        packages: {
          '': {},
          'node_modules/a': { integrity },
          'node_modules/other-platform': { integrity: 'x', optional: true },
        },
      }),
    );

  /** An npm that notes its arguments, and fails when they hold what `failsOn` says. */
  const fakeNpm = (failsOn = 'nothing'): Promise<void> =>
    writeFile(
      join(folder, 'npm-cli.js'),
      `
    const fs = require('node:fs');
    const args = process.argv.slice(2).join(' ');
    fs.appendFileSync(${JSON.stringify(join(folder, 'calls'))}, args + '\\n');
    if (args.includes(${JSON.stringify(failsOn)})) process.exit(1);
    fs.mkdirSync('node_modules', { recursive: true });
    fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  `,
    );

  test('happens when nothing is installed and when the lock has changed, and not otherwise', async () => {
    await fakeNpm();
    await lock('one');
    expect((await install()).stdout).toBe('true\n');
    expect((await install()).stdout).toBe('false\n');
    await lock('two');
    expect((await install()).stdout).toBe('true\n');
    expect(await calls()).toHaveLength(2);
    expect((await calls())[0]).toBe('ci --include=dev --no-audit --no-fund --strict-allow-scripts');
  });

  test('is not repeated when somebody else has installed what the lock says', async () => {
    await fakeNpm();
    await lock('one');
    await mkdir(join(folder, 'node_modules'));
    await writeFile(
      join(folder, 'node_modules', '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { integrity: 'one' } } }),
    );
    expect((await install()).stdout).toBe('false\n');
    expect(await calls()).toEqual([]);
  });

  test('falls back to running no install script at all, and says so', async () => {
    await fakeNpm('--strict-allow-scripts');
    await lock('one');
    const { stdout, stderr } = await install();
    expect(stdout).toBe('true\n');
    expect(stderr).toMatch(/failed .* trying once more without install scripts/);
    expect((await calls())[1]).toBe('ci --include=dev --no-audit --no-fund --ignore-scripts');
  });

  test('that fails twice ends with one message and is tried again the next time', async () => {
    await fakeNpm('ci');
    await lock('one');
    expect((await install()).stderr).toMatch(/could not be installed .* Check the network and the registry/);
    await fakeNpm();
    expect((await install()).stdout).toBe('true\n');
  });
});

describe('two set-ups at once', () => {
  const critical = (): string => `
    import { withLock } from '${lib('../src/locks/lock-file.cjs')}';
    import fs from 'node:fs';
    const trace = (word) => fs.appendFileSync(${JSON.stringify(join(folder, 'trace'))}, word + '\\n');
    await withLock(${JSON.stringify(join(folder, 'lock'))}, async () => {
      trace('in');
      await new Promise((resolve) => setTimeout(resolve, 100));
      trace('out');
    });`;
  const trace = async (): Promise<string[]> =>
    (await readFile(join(folder, 'trace'), 'utf8').catch(() => '')).trim().split('\n');

  test('take turns', async () => {
    await Promise.all([1, 2, 3, 4].map(() => evaluate(critical())));
    expect(await trace()).toEqual(['in', 'out', 'in', 'out', 'in', 'out', 'in', 'out']);
  });

  test('do not wait for one that was killed', async () => {
    const first = spawn(process.execPath, ['--input-type=module', '-e', critical().replace('100', '600_000')], {
      stdio: 'ignore',
    });
    while ((await trace())[0] !== 'in') await new Promise(setImmediate);
    const ended = new Promise((resolve) => {
      first.once('close', resolve);
    });
    first.kill('SIGKILL');
    await ended;
    await Promise.all([1, 2].map(() => evaluate(critical())));
    expect(await trace()).toEqual(['in', 'in', 'out', 'in', 'out']);
  });
});

test('a checkout is built when its marker says so of these very sources', async () => {
  await mkdir(join(folder, 'dist'));
  const isBuilt = async (): Promise<string> => {
    const script = `import { isBuilt } from '${lib('lib/build.mjs')}'; const root = ${JSON.stringify(folder)};
      console.log(isBuilt(root), isBuilt(root, 'these sources'));`;
    return (await evaluate(script)).stdout;
  };
  expect(await isBuilt()).toBe('false false\n');
  await writeFile(join(folder, 'dist', '.fingerprint'), 'these sources');
  expect(await isBuilt()).toBe('false true\n');
});

test('a build takes nothing from the compiler of one that was killed, and does not stumble over it', async () => {
  const sdk = join(folder, 'node_modules/purecloud-client-app-sdk/dist');
  const compiler = join(folder, 'node_modules/typescript/bin');
  const page = "path.join(out, 'src', 'panel', 'page')";
  for (const made of [sdk, compiler, join(folder, 'src'), join(folder, 'bench'), join(folder, 'dist.next/src')])
    await mkdir(made, { recursive: true });
  await writeFile(join(sdk, 'purecloud-client-app-sdk.js'), '');
  await writeFile(
    join(compiler, 'tsc'),
    `const path = require('node:path'); const fs = require('node:fs');
    const out = process.argv[process.argv.indexOf('--outDir') + 1];
    fs.mkdirSync(${page}, { recursive: true }); fs.mkdirSync(path.join(out, 'bench'));
    fs.writeFileSync(path.join(out, 'src', 'compiled.js'), '');`,
  );
  const left = spawn(
    process.execPath,
    [
      '-e',
      `const fs = require('node:fs'); let n = 0;
      for (;;) { fs.mkdirSync('dist.next/src', { recursive: true }); fs.writeFileSync('dist.next/src/' + n++ + '.js', ''); }`,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  try {
    const { code, stderr } = await evaluate(
      `import { build } from '${lib('lib/build.mjs')}'; await build(${JSON.stringify(folder)}, { force: true });`,
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('built in')]);
    expect((await readdir(join(folder, 'dist/src'))).toSorted()).toEqual(['compiled.js', 'panel']);
  } finally {
    const ended = new Promise((resolve) => {
      left.once('close', resolve);
    });
    left.kill('SIGKILL');
    await ended;
  }
});

describe('the Node version', () => {
  const check = (version: string): ReturnType<typeof evaluate> =>
    evaluate(`import { checkNode } from '${lib('setup.mjs')}'; checkNode('${version}');`);

  test.each(['20.20.0', '20.21.3', '22.0.0'])('%s is accepted', async (version) => {
    expect((await check(version)).code).toBe(0);
  });

  test.each(['20.19.9', '18.20.0'])('%s is refused with what is needed', async (version) => {
    expect((await check(version)).stderr).toContain(
      `Node ${version} is too old: Assist Rollouts needs Node 20.20 or newer.`,
    );
  });
});
