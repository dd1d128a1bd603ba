/** The configuration file: what it sets, what wins over it, and that all that is wrong is told with its place. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { CONFIG_NAME, readConfiguration } from '../../src/config/configuration.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { EMPTY_ENV, cli, jsonLines } from '../cli/fixtures.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-config-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const file = join(folder, `${(count += 1)}.yaml`);
  await writeFile(file, text);
  return file;
}

async function read(text: string, env: Readonly<Record<string, string>> = {}): Promise<Configuration> {
  return readConfiguration({ ...EMPTY_ENV, ASSIST_ROLLOUTS_CONFIG: await fileOf(text), ...env });
}

async function problemsOf(text: string): Promise<string[]> {
  const { problems } = await read(text);
  return problems.map(({ name, message, place }) => `${place?.line}:${place?.column} ${name}: ${message}`);
}

describe('what it sets', () => {
  test('is what each process is configured by, lists and numbers as they are written', async () => {
    const { env, problems } = await read(`
events: { port: 9000, publicUrl: 'https://events.example' }
panel:
  frameAncestors:
    - https://a.example
    - https://b.example
genesys:
  clientId: 00123
  sandbox: false
rules: { guardian: off, undoWindow: 7d }
`);
    expect(problems).toEqual([]);
    expect(env['GENESYS_CLIENT_ID']).toBe('00123');
    expect(readConfig(env)).toMatchObject({
      events: { port: 9000, publicUrl: 'https://events.example' },
      panel: { frameAncestors: ['https://a.example', 'https://b.example'] },
      guardian: 'off',
      undoWindowMs: 7 * 86_400_000,
    });
  });

  test('may name files from its own folder, and those hold the secrets', async () => {
    await mkdir(join(folder, 'secrets'), { recursive: true });
    await writeFile(join(folder, 'secrets/url'), 'postgres://assist@db/assist\n');
    const { env } = await read('database: { urlFile: secrets/url }\nrules: { calendarFile: calendar.yaml }\n');
    expect(readConfig(env).databaseUrl).toBe('postgres://assist@db/assist');
    expect(env['CALENDAR_FILE']).toBe(join(folder, 'calendar.yaml'));
  });

  test('yields to the environment, to a secret that it gives in the other way, and not to an empty variable', async () => {
    const text = 'events: { port: 9000, host: 0.0.0.0, adminTokenFile: token }\nproxy: { https: http://file:1 }\n';
    const { env, overruled, places } = await read(text, {
      EVENTS_PORT: '9001',
      EVENTS_HOST: '',
      EVENTS_ADMIN_TOKEN: 'of the environment',
      https_proxy: 'http://environment:1',
    });
    expect(env).toMatchObject({ EVENTS_PORT: '9001', EVENTS_HOST: '0.0.0.0' });
    expect(env['EVENTS_ADMIN_TOKEN_FILE']).toBeUndefined();
    expect(env['HTTPS_PROXY']).toBeUndefined();
    expect([...overruled].sort()).toEqual(['EVENTS_ADMIN_TOKEN_FILE', 'EVENTS_PORT', 'HTTPS_PROXY']);
    expect([...places.keys()]).toEqual(['EVENTS_HOST']);
  });

  test('is nothing where it is empty, or a group of it is', async () => {
    for (const text of ['', '# only a comment\n', 'events:\n', 'events: { port: }\n'])
      expect(await read(text)).toMatchObject({ problems: [], overruled: [] });
  });
});

describe('what is wrong with it', () => {
  test.each([
    ['events:\n  prot: 1\n', /^2:3 events.prot: is no setting. Did you mean port\?/],
    ['evnets: { port: 1 }\n', /^1:1 evnets: is no setting. Did you mean events\?/],
    ['EVENTS_PORT: 1\n', '1:1 EVENTS_PORT: is no setting. In this file it is written events.port.'],
    ['port: 1\nrules:\n  callsPerMinute: 5\n', /^3:3 .*Did you mean genesys.callsPerMinute\?$/m],
    ['events: 5\n', '1:9 events: is a single value; expected settings, each with its name'],
    ['- events\n', '1:1 YAML: is a list; expected settings, each with its name'],
    ['events: { port: [1] }\n', '1:17 events.port: is a list; expected one value'],
    ['messages: { allowedHosts: { a: b } }\n', /^1:27 .*is a set of fields; expected a text or a list of texts$/],
    ['events: { port: 1\n', /^\d+:\d+ YAML: /],
    ['events: { port: 1, port: 2 }\n', '1:20 YAML: this field stands here twice.'],
  ])('%j', async (text, expected) => {
    const problems = (await problemsOf(text)).join('\n');
    if (typeof expected === 'string') expect(problems).toBe(expected);
    else expect(problems).toMatch(expected);
  });

  test('a secret, or an address with a password, is refused and not repeated', async () => {
    const problems = await problemsOf(
      'events:\n  adminToken: hunter2\ndatabase: { url: "postgres://a:hunter2@db/x" }\nproxy:\n  https: http://a:hunter2@p:1\n',
    );
    expect(problems).toEqual([
      expect.stringMatching(/^2:3 events\.adminToken: is a secret.*name that in events\.adminTokenFile$/),
      expect.stringMatching(/^3:13 database\.url: is a secret/),
      expect.stringMatching(/^5:10 proxy\.https: holds a password.*set HTTPS_PROXY in the environment$/),
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('a value that cannot be used is told with its place in the file, beside what is missing in the environment', async () => {
    const file = await fileOf('genesys:\n  region: mypurecloud.ie\n  callsPerMinute: 1\nevents: { prot: 1 }\n');
    const { code, stdout } = await cli(['worker', '--json'], { env: { ASSIST_ROLLOUTS_CONFIG: file } });
    expect(code).toBe(2);
    const [{ problems }] = jsonLines(stdout) as [{ problems: { name: string; place?: object }[] }];
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'DATABASE_URL',
      'EVENTS_PUBLIC_URL',
      'EVENTS_SIGNING_SECRETS',
      'GENESYS_CALLS_PER_MINUTE',
      'GENESYS_CLIENT_ID',
      'GENESYS_CLIENT_SECRET',
      'events.prot',
    ]);
    expect(problems.find(({ name }) => name === 'GENESYS_CALLS_PER_MINUTE')?.place).toEqual({
      file,
      line: 3,
      column: 3,
    });
    expect(problems.find(({ name }) => name === 'DATABASE_URL')?.place).toBeUndefined();
  });

  test('no verb runs by a file of which a part cannot be read, also one that needs none of it', async () => {
    const env = { ASSIST_ROLLOUTS_CONFIG: await fileOf('cards: { polcy: x }\n') };
    const { code, stderr } = await cli(['lint', 'examples/refund-assist-1.5.0.yaml'], { env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(':1:10 cards.polcy: is no setting. Did you mean policy?'),
    ]);
    expect((await cli(['lint', '--help'], { env })).code).toBe(0);
  });
});

describe('where it is', () => {
  test('the one that is named must be there; `none` is none', async () => {
    const gone = await readConfiguration({ ASSIST_ROLLOUTS_CONFIG: '/nonexistent/a.yaml' });
    expect(gone.problems).toEqual([
      { name: 'ASSIST_ROLLOUTS_CONFIG', message: 'names /nonexistent/a.yaml, which cannot be read: it is not there' },
    ]);
    const dir = await readConfiguration({ ASSIST_ROLLOUTS_CONFIG: folder });
    expect(dir.problems[0]?.message).toMatch(/it is a folder$/);
    expect(await readConfiguration({ ASSIST_ROLLOUTS_CONFIG: 'none', HOME: folder })).toMatchObject({
      file: null,
      problems: [],
    });
  });

  test('in the configuration folder of a person', async () => {
    const file = join(folder, 'xdg/assist-rollouts', CONFIG_NAME);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'events: { port: 7 }\n');
    const found = await readConfiguration({ XDG_CONFIG_HOME: join(folder, 'xdg') });
    expect([found.file, found.env['EVENTS_PORT']]).toEqual([file, '7']);
  });
});
