/** The GitHub Action and the GitLab template: what they use, what they may, and what their very commands do. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { githubJob, gitlabJob, NEW, cardsCheckout } from '../cli/pipeline/fixtures.ts';
import type { Checkout } from '../helpers/checkout.ts';
import type { FakeForge } from '../helpers/fake-forge.ts';
import { startFakeGithub, startFakeGitlab } from '../helpers/fake-forge.ts';
import type { ScriptedServer } from '../helpers/scripted-server.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import { ROOT } from '../helpers/sources.ts';

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly 'working-directory'?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions: Readonly<Record<string, string>>;
        readonly steps: readonly (Step & { readonly with?: object })[];
      }
    >
  >;
}
interface GitlabJob {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

const textOf = (file: string): string => readFileSync(join(ROOT, 'deploy', file), 'utf8');
const action = parse(textOf('github/action.yml')) as Action;
const workflow = parse(textOf('github/workflow.yml')) as Workflow;
const [header, jobs] = parseAllDocuments(textOf('gitlab/assist-rollouts.gitlab-ci.yml')).map(
  (document) => document.toJS() as unknown,
) as [{ readonly spec: { readonly inputs: Action['inputs'] } }, Readonly<Record<string, GitlabJob>>];

describe('what they use, and what they may', () => {
  const steps = [...action.runs.steps, ...Object.values(workflow.jobs).flatMap((job) => job.steps)];

  test('other actions by the whole of their commit alone', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !uses.startsWith('acme/assist-rollouts/'));
    expect(used).toHaveLength(4);
    for (const uses of used) expect(uses).toMatch(/^(?:actions|github)\/[\w/-]+@[0-9a-f]{40}$/);
  });

  test('no word of theirs is put together with one of somebody else before a shell reads it', () => {
    const scripts = steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).not.toContain('${{');
    for (const { script = [], before_script: before = [] } of Object.values(jobs))
      for (const line of [...script, ...before]) expect(line).not.toContain('$[[');
    expect(textOf('github/workflow.yml')).not.toContain('pull_request_target');
  });

  test('a review may comment and nothing more, a start may prove who it is and nothing more', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs['review']?.permissions).toEqual({
      contents: 'read',
      'pull-requests': 'write',
      'security-events': 'write',
    });
    expect(workflow.jobs['start']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    const checkouts = Object.values(workflow.jobs).flatMap((job) =>
      job.steps.filter(({ uses }) => uses?.includes('/checkout@')),
    );
    for (const { with: given } of checkouts) expect(given).toMatchObject({ 'persist-credentials': false });
  });

  test('every input that is read is there, and the workflow gives no other', () => {
    const read = [...textOf('github/action.yml').matchAll(/inputs\.([a-z-]+)/g)].map(([, name = '']) => name);
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
    for (const { uses, with: given = {} } of Object.values(workflow.jobs).flatMap((job) => job.steps))
      if (uses?.startsWith('acme/') === true)
        expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([]);
    const asked = [...textOf('gitlab/assist-rollouts.gitlab-ci.yml').matchAll(/\$\[\[ inputs\.([a-z-]+) \]\]/g)];
    expect([...new Set(asked.map(([, name = '']) => name))].toSorted()).toEqual(
      Object.keys(header.spec.inputs).toSorted(),
    );
  });
});

describe('their very commands', () => {
  let temp: string;
  let checkout: Checkout;
  let fake: FakeForge | undefined;
  let api: ScriptedServer | undefined;

  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'assist-ci-'));
    checkout = cardsCheckout();
    // As it is once it was set up: in a package there are no scripts.
    mkdirSync(join(temp, 'installed/bin'), { recursive: true });
    cpSync(join(ROOT, 'bin/assist-rollouts'), join(temp, 'installed/bin/assist-rollouts'));
    for (const name of ['dist', 'node_modules', 'package.json'])
      symlinkSync(join(ROOT, name), join(temp, 'installed', name));
  });
  afterEach(async () => {
    rmSync(temp, { recursive: true, force: true });
    checkout.remove();
    await fake?.close();
    await api?.close();
    [fake, api] = [undefined, undefined];
  });

  interface Ended {
    readonly code: number;
    readonly said: string;
  }

  function shell(script: string, env: Readonly<Record<string, string>>, cwd = checkout.folder): Promise<Ended> {
    const file = join(temp, 'step.sh');
    writeFileSync(file, script);
    const home = join(temp, 'home');
    mkdirSync(home, { recursive: true });
    const all = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, ...env };
    return new Promise((resolve) => {
      execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], { cwd, env: all }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` }),
      );
    });
  }

  /** The steps of the composite action with a script that run for these inputs. */
  async function act(
    given: Readonly<Record<string, string>>,
    job: Readonly<Record<string, string>>,
  ): Promise<readonly (Ended & { readonly name: string })[]> {
    const inputs = Object.fromEntries(
      Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, given[name] ?? value]),
    );
    const known: Readonly<Record<string, string>> = {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value])),
      'github.action_path': join(temp, 'installed/deploy/github'),
      'runner.temp': join(temp, 'runner'),
    };
    mkdirSync(join(temp, 'installed/deploy/github'), { recursive: true });
    mkdirSync(join(temp, 'runner'), { recursive: true });
    const filled = (text: string): string =>
      text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => known[name] ?? `?${name}`);
    const runs: Readonly<Record<string, boolean>> = {
      Install: true,
      'Sign in': inputs['api-url'] !== '',
      Review: inputs['do'] === 'review',
      Start: inputs['do'] === 'start',
    };
    const ended: (Ended & { readonly name: string })[] = [];
    for (const { name = '', run, env = {}, 'working-directory': cwd } of action.runs.steps) {
      if (run === undefined || runs[name] !== true) continue;
      const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, filled(value)]));
      ended.push({ name, ...(await shell(run, { ...job, ...own }, cwd === undefined ? undefined : filled(cwd))) });
      if (ended.at(-1)?.code !== 0) break;
    }
    return ended;
  }

  test('the action reviews: one comment, one log, whatever stands in its inputs', async () => {
    fake = await startFakeGithub();
    const odd = '$(touch pwned) `touch pwned` "; touch pwned; ';
    const job = githubJob(fake, checkout);
    const ended = await act({ do: 'review', token: fake.token, 'cards-per-hour': '' }, job);
    expect(ended.map(({ name, code }) => [name, code])).toEqual([
      ['Install', 0],
      ['Review', 0],
    ]);
    expect(fake.comments[0]?.body).toContain(NEW);
    expect(existsSync(join(temp, 'runner/assist-rollouts/lint.sarif'))).toBe(true);
    const log = ended.at(-1)?.said ?? '';
    const [, quiet = '?'] = /^::stop-commands::([0-9a-f-]{36})$/m.exec(log) ?? [];
    expect(log.startsWith('::stop-commands::')).toBe(true);
    expect(log.endsWith(`\n::${quiet}::\n`)).toBe(true);
    const [, hostile] = await act({ do: 'review', token: fake.token, base: odd, policy: odd, plans: odd }, job);
    expect(hostile?.code).not.toBe(0);
    expect(readdirSync(checkout.folder)).not.toContain('pwned');
    expect(fake.comments).toHaveLength(1);
  });

  test('the action starts by the token of the job, which stands in no log; again, it starts nothing', async () => {
    let started = 0;
    const token = 'header.payload.signature';
    const problem = { status: 404, code: 'rollout-not-found', detail: 'There is none.', remedy: '' };
    api = await startScriptedServer(({ method, path, query, headers }) => {
      if (path === '/oidc')
        return headers.authorization === 'Bearer of-the-job' && query.get('audience') === 'assist-rollouts'
          ? { body: { count: 1, value: token } }
          : { status: 401, body: {} };
      if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: {} };
      const ref = { workflowId: 'rollout/RefundAssist', runId: 'run-1', url: null };
      if (method === 'POST' && started > 0)
        return { status: 409, body: { code: 'rollout-already-running', detail: 'It runs.', remedy: '' } };
      if (method === 'POST') started += 1;
      if (method === 'POST') return { status: 201, body: ref };
      const status = { phase: 'baking', outcome: null, version: '1.6.0', waitingFor: 'cards', reason: '' };
      return path === '/v1/rollouts/RefundAssist'
        ? { body: { ...ref, running: true, lost: null, status } }
        : { status: 404, body: problem };
    });
    const job = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${api.url}/oidc?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    };
    const first = await act({ do: 'start', 'api-url': api.url, reason: 'told "anew" $(id)' }, job);
    expect(first.map(({ name, code }) => [name, code])).toEqual([
      ['Install', 0],
      ['Sign in', 0],
      ['Start', 0],
    ]);
    expect(api.asked('POST', '/v1/rollouts')[0]?.body).toMatchObject({
      reason: `told "anew" $(id) (commit ${checkout.git('rev-parse', 'HEAD')})`,
    });
    expect(first.map(({ said }) => said.replace(`::add-mask::${token}`, '')).join('')).not.toContain(token);
    const again = await act({ do: 'start', 'api-url': api.url }, job);
    expect(again.at(-1)).toMatchObject({ code: 0, said: expect.stringContaining('It runs already.') as string });
    expect(started).toBe(1);
  });

  test('without an address nothing is started, and that is an error', async () => {
    const ended = await act({ do: 'start' }, {});
    expect(ended.at(-1)).toMatchObject({ name: 'Start', code: 2 });
  });

  test('the GitLab template reviews with the same commands', async () => {
    fake = await startFakeGitlab();
    const job = jobs['assist-rollouts:review'];
    const base = checkout.git('rev-parse', 'HEAD^1');
    const filled = (text: string): string =>
      text.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => header.spec.inputs[name]?.default ?? '');
    const variables = { ...jobs['.assist-rollouts']?.variables, ...job?.variables };
    mkdirSync(join(temp, 'home/assist-rollouts/node_modules/.bin'), { recursive: true });
    symlinkSync(
      join(temp, 'installed/bin/assist-rollouts'),
      join(temp, 'home/assist-rollouts/node_modules/.bin/assist-rollouts'),
    );
    const [, ...afterInstall] = jobs['.assist-rollouts']?.before_script ?? [];
    const script = [...afterInstall, ...(job?.script ?? [])].join('\n');
    const { code, said } = await shell(script, {
      ...gitlabJob(fake),
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, filled(value)])),
      CI_PROJECT_DIR: checkout.folder,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      ASSIST_API_URL: 'https://rollouts.example.com',
    });
    expect([code, said]).toEqual([0, expect.stringContaining('The comment is written.')]);
    expect(fake.comments[0]?.body).toContain(NEW);
    expect(readFileSync(join(checkout.folder, 'assist-rollouts-review.md'), 'utf8')).toContain(NEW);
  });
});
