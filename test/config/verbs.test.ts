/** `config show` and `config check`, as they are typed. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShownSetting } from '../../src/config/shown.ts';
import { VARIABLE_LIST } from '../../src/config/variables.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-config-verbs-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function shown(env: Readonly<Record<string, string>>): Promise<(name: string) => ShownSetting | undefined> {
  const { code, stdout } = await cli(['config', 'show', '--json'], { env });
  expect(code).toBe(0);
  const [{ settings }] = jsonLines(stdout) as [{ settings: ShownSetting[] }];
  expect(settings.map(({ name }) => name)).toEqual(VARIABLE_LIST.map(([name]) => name));
  return (name) => settings.find((setting) => setting.name === name);
}

describe('config show', () => {
  test('tells of each value where it comes from', async () => {
    const toml = await written('temporal.toml', '[profile.default]\naddress = "prod.example:7233"\n');
    const file = await written('a.yaml', 'events: { port: 9000, host: 0.0.0.0 }\ndatabase: { urlFile: url }\n');
    const of = await shown({
      ASSIST_ROLLOUTS_CONFIG: file,
      TEMPORAL_CONFIG_FILE: toml,
      EVENTS_PORT: '9001',
      API_PORT: '1',
    });
    expect(of('EVENTS_PORT')).toMatchObject({ value: '9001', from: 'environment', isOverruled: true });
    expect(of('EVENTS_HOST')).toMatchObject({ value: '0.0.0.0', from: 'file', place: { file, line: 1 } });
    expect(of('DATABASE_URL')).toMatchObject({ from: 'file', heldIn: join(folder, 'url'), place: { line: 2 } });
    expect(of('API_PORT')).toMatchObject({ value: '1', from: 'environment', isOverruled: false });
    expect(of('PANEL_PORT')).toMatchObject({ value: '8470', from: 'default' });
    expect(of('TEMPORAL_ADDRESS')).toMatchObject({ value: 'prod.example:7233', from: 'profile' });
    expect(of('COACHING_URL')).toMatchObject({ value: null, from: 'unset' });
  });

  test('shows no secret, nor a password in an address, in any form', async () => {
    const secrets = VARIABLE_LIST.filter(([, { inFile }]) => inFile === 'secret').map(([name]) => name);
    const env = {
      ...Object.fromEntries(secrets.map((name) => [name, `h2-${name}`])),
      DATABASE_URL: 'postgres://a:h2-url@db/x',
      HTTPS_PROXY: 'http://a:h2@proxy:1',
    };
    for (const more of [[], ['--json'], ['HTTPS_PROXY'], ['database']]) {
      const { stdout } = await cli(['config', 'show', ...more], { env });
      expect(stdout).not.toContain('h2');
      expect(stdout.length).toBeGreaterThan(40);
    }
    expect((await shown(env))('ASSIST_TOKEN')).toMatchObject({ value: '********', from: 'environment' });
  });

  test('of one setting tells what it means; of none says which is near', async () => {
    const one = await cli(['config', 'show', 'events.publicUrl']);
    expect(one.stdout).toMatch(/^EVENTS_PUBLIC_URL: not set\n  from: set nowhere\n.*meaning: where the organisation/s);
    const none = await cli(['config', 'show', 'EVENTS_PUBLC_URL']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Did you mean EVENTS_PUBLIC_URL?')]);
  });

  test('with a file that is wrong shows what it can, says the problems, and ends with 2', async () => {
    const file = await written('wrong.yaml', 'events: { prot: 1, port: 9000 }\n');
    const { code, stdout, stderr } = await cli(['config', 'show'], { env: { ASSIST_ROLLOUTS_CONFIG: file } });
    expect(code).toBe(2);
    expect(stdout).toContain('9000  wrong.yaml:1');
    expect(stderr).toContain(`${file}:1:11 events.prot: is no setting`);
  });
});

describe('config check', () => {
  test('finds nothing wrong with nothing, and says what a process lacks', async () => {
    expect(await cli(['config', 'check'])).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await cli(['config', 'check', '--for', 'api']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/OPERATORS_FILE: is not set[^]*ASSIST_ATTESTOR_KEY: is not set/);
  });

  test('reads the files that are named, and tells of all of them at once', async () => {
    const broken = await written('broken.yaml', 'a: [\n');
    const env = {
      CALENDAR_FILE: broken,
      OPERATORS_FILE: join(folder, 'gone.yaml'),
      MESSAGES_FILE: broken,
      ORGANISATION_POLICY: broken,
      ORGANISATIONS_FILE: broken,
      ASSIST_DEFAULTS_FILE: broken,
      CARD_BROWSERS: 'chrom 3000 and what',
      AUDIT_SIGNING_KEY: 'no key',
      AUDIT_SHIP_TO: 'gopher://x',
      ASSIST_OPERATOR_KEY_FILE: join(folder, 'gone.json'),
      GENESYS_CALLS_PER_MINUTE: '1',
      GUARDIAN: 'maybe',
    };
    const { code, stdout } = await cli(['config', 'check', '--json'], { env });
    const [{ problems }] = jsonLines(stdout) as [{ problems: { name: string }[] }];
    expect([...new Set(problems.map(({ name }) => name))].sort()).toEqual(Object.keys(env).sort());
    expect(code).toBe(2);
    expect(await readdir(folder)).not.toContain('gone.yaml');
  });

  test('warns of a variable that nearly is one, and not of others', async () => {
    const { code, stdout } = await cli(['config', 'check', '--json'], {
      env: { EVENTS_PUBLC_URL: 'x', GENESYS_CLIENT_SECRT: 'x', EVENTS_PORT_FILE: 'x', EVENTSOURCE: 'x', EDITOR: 'vi' },
    });
    const [{ warnings }] = jsonLines(stdout) as [{ warnings: { name: string }[] }];
    expect(warnings.map(({ name }) => name)).toEqual(['EVENTS_PUBLC_URL', 'GENESYS_CLIENT_SECRT', 'EVENTS_PORT_FILE']);
    expect(code).toBe(0);
  });
});
