/** `pipeline start` in a real repository: what is started, and what is not started twice. */
import { join } from 'node:path';
import { AssistError } from '../../../src/configurator/errors.ts';
import type { Configurator } from '../../../src/configurator.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { loadPlan } from '../../../src/lint/lint.ts';
import type { Checkout } from '../../helpers/checkout.ts';
import type { Ran } from '../fixtures.ts';
import { cli, jsonLines, viewOf } from '../fixtures.ts';
import { cardsCheckout, NEW, OLD, oldCheckout } from './fixtures.ts';

let checkout: Checkout;
afterEach(() => checkout.remove());

const STARTED_AT = '2026-01-01T10:00:00.000Z';

interface Row {
  readonly version: string;
  /** Null: it runs. */
  outcome: string | null;
  readonly reason: string;
  readonly plan: Plan;
}

/** The engine as the pipeline sees it: rollouts, newest last, and whoever was started. */
function engineOf(rows: Row[]): Partial<Configurator> & { readonly started: string[] } {
  const started: string[] = [];
  const id = (row: Row): string => `r-${rows.indexOf(row)}`;
  const none = (): never => {
    throw new AssistError('rollout-not-found', 'No rollout.', '');
  };
  return {
    started,
    version: (async (_: string, version: string) => {
      const row = rows.findLast((one) => one.version === version && one.outcome !== 'undone') ?? none();
      return { ...row, action: 'RefundAssist', rolloutId: id(row), startedAt: STARTED_AT };
    }) as unknown as Configurator['version'],
    history: (async () => {
      const row = rows.at(-1) ?? none();
      return [{ ...row, action: 'RefundAssist', rolloutId: id(row) }];
    }) as unknown as Configurator['history'],
    // Whoever may see this action alone may ask for no other, and for no id of a rollout.
    auditLines: (async ({ of, since, until }: { of: string; since: string; until: string }) => ({
      lines: rows
        .filter(() => of === 'RefundAssist' && since < STARTED_AT && STARTED_AT < until)
        .map(({ reason }) => ({ leaf: 1, line: JSON.stringify({ reason }) })),
    })) as unknown as Configurator['auditLines'],
    status: async () => {
      const row = rows.at(-1) ?? none();
      return viewOf({ rolloutId: id(row), version: row.version }, { running: row.outcome === null });
    },
    startRollout: async (plan, { reason = '' }) => {
      if (rows.at(-1)?.outcome === null) throw new AssistError('rollout-already-running', 'It runs.', '');
      started.push(`${plan.action.version}: ${reason}`);
      rows.push({ version: plan.action.version, outcome: null, reason, plan });
      return { workflowId: 'rollout/RefundAssist', runId: 'run-2', url: null };
    },
    // eslint-disable-next-line @typescript-eslint/require-await
    followRollout: async function* () {
      yield viewOf({ phase: 'baking' });
    },
  };
}

const start = (engine: Partial<Configurator>, ...args: string[]): Promise<Ran> =>
  cli(['pipeline', 'start', '--plans', checkout.folder, ...args], { configurator: engine });

const planAt = (file: string): Promise<Plan> => loadPlan(join(checkout.folder, file));

test('what a merge changed is started, with its commit; the job run again starts nothing', async () => {
  checkout = cardsCheckout();
  const rows: Row[] = [];
  const engine = engineOf(rows);
  const commit = checkout.git('rev-parse', 'HEAD');
  const first = await start(engine, '--reason', 'Refunds are told anew');
  expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('Started rollout/RefundAssist')]);
  expect(engine.started).toEqual([`1.6.0: Refunds are told anew (commit ${commit})`]);
  const running = await start(engine);
  expect([running.code, running.stdout]).toEqual([0, `${NEW}: It runs already.\n`]);
  rows[0]!.outcome = 'promoted';
  const serves = await start(engine, '--json');
  expect([serves.code, jsonLines(serves.stdout)]).toEqual([
    0,
    [{ kind: 'pipelineStart', file: NEW, standing: 'serves' }],
  ]);
  rows[0]!.outcome = 'rolledBack';
  const back = await start(engine);
  expect([back.code, back.stdout]).toEqual([
    3,
    expect.stringContaining('It was rolled back, and is not started again'),
  ]);
  expect(engine.started).toHaveLength(1);
  rows[0]!.outcome = 'rejected';
  expect((await start(engine)).code).toBe(0);
  expect(engine.started).toHaveLength(2);
});

test('a job of an old commit that runs again does not undo what came after it', async () => {
  checkout = cardsCheckout();
  const plan = await planAt(NEW);
  const commit = checkout.git('rev-parse', 'HEAD');
  const engine = engineOf([
    { version: '1.6.0', outcome: 'promoted', reason: `merged (commit ${commit})`, plan },
    { version: '1.7.0', outcome: 'promoted', reason: 'by hand', plan },
  ]);
  const { code, stdout } = await start(engine);
  expect([code, stdout]).toEqual([0, expect.stringContaining('another came after it')]);
  expect(engine.started).toEqual([]);
});

test('a new commit that brings an old version back starts it', async () => {
  checkout = cardsCheckout();
  const plan = await planAt(NEW);
  const engine = engineOf([
    { version: '1.6.0', outcome: 'promoted', reason: 'merged (commit 1)', plan },
    { version: '1.7.0', outcome: 'promoted', reason: 'merged (commit 2)', plan },
  ]);
  expect((await start(engine)).code).toBe(0);
  expect(engine.started).toHaveLength(1);
});

test('the same version by another plan is another rollout', async () => {
  checkout = cardsCheckout();
  const plan = await planAt(NEW);
  const engine = engineOf([{ version: '1.6.0', outcome: 'promoted', reason: '', plan: { ...plan, steps: [] } }]);
  expect((await start(engine)).code).toBe(0);
  expect(engine.started).toHaveLength(1);
});

test('two jobs at once start one: the slower one is told that it runs', async () => {
  checkout = cardsCheckout();
  const engine = engineOf([]);
  const running: Partial<Configurator> = {
    ...engine,
    startRollout: async () => {
      throw new AssistError('rollout-already-running', 'It runs.', '');
    },
    status: async () => viewOf({ version: '1.6.0' }),
  };
  const { code, stdout } = await start(running);
  expect([code, stdout]).toEqual([0, `${NEW}: It runs already.\n`]);
  const other = { ...running, status: async () => viewOf({ version: '1.5.1' }) };
  expect((await start(other)).code).toBe(5);
});

test('a file in which nothing changed but words starts nothing', async () => {
  checkout = oldCheckout();
  checkout.write('cards/refund-1.5.0.yaml', `# a remark\n${checkout.git('show', `HEAD:${OLD}`)}\n`);
  checkout.commit('a remark');
  const engine = engineOf([]);
  const { code, stdout } = await start(engine);
  expect([code, stdout]).toEqual([0, `${OLD}: What is rolled out is the same as before: nothing is started.\n`]);
  expect(engine.started).toEqual([]);
});

test('of two plans of one action neither is started; others are', async () => {
  checkout = cardsCheckout();
  checkout.copy('returns-assist-1.0.0.yaml', 'returns.yaml');
  checkout.copy('refund-assist-1.6.0.html', 'returns-assist-1.0.0.html');
  checkout.commit('another');
  checkout.write(OLD, checkout.git('show', `HEAD:${OLD}`).replace('alpha: 0.01', 'alpha: 0.02'));
  checkout.commit('and again');
  const engine = engineOf([]);
  const { code, stderr } = await start(engine, '--base', 'HEAD~3');
  expect(code).toBe(5);
  expect(stderr.match(/more than one plan of RefundAssist was changed/g)).toHaveLength(2);
  expect(engine.started).toHaveLength(1);
});

test('what is wrong is not started, and keeps no other from it', async () => {
  checkout = cardsCheckout();
  checkout.write('a.yaml', 'apiVersion: assist-rollouts/v1\naction: 5\n');
  checkout.commit('wrong');
  const engine = engineOf([]);
  const { code, stderr } = await start(engine, '--base', 'HEAD~2');
  expect([code, stderr]).toEqual([2, expect.stringContaining('a.yaml')]);
  expect(engine.started).toHaveLength(1);
});

test('where no plan is changed nobody is asked', async () => {
  checkout = oldCheckout();
  checkout.write('README.md', 'hello');
  checkout.commit('words');
  const { code, stdout } = await start({});
  expect([code, stdout]).toEqual([0, 'No plan is changed; nothing is started.\n']);
});

test('a job of an older commit does not replace what a later one started while it looked', async () => {
  checkout = cardsCheckout();
  const plan = await planAt(NEW);
  const rows: Row[] = [{ version: '1.5.0', outcome: null, reason: 'by hand', plan }];
  const engine = engineOf(rows);
  const aborted: (string | undefined)[] = [];
  const { code, stderr } = await start(
    {
      ...engine,
      status: async () =>
        viewOf(
          { rolloutId: `r-${rows.length - 1}`, version: rows.at(-1)!.version },
          { running: rows.at(-1)?.outcome === null, runId: `r-${rows.length - 1}` },
        ),
      version: async (...given) => {
        if (rows.length === 1) {
          rows[0]!.outcome = 'rolledBack';
          const later = { ...plan, action: { ...plan.action, version: '1.7.0' } };
          rows.push({ version: '1.7.0', outcome: null, reason: 'merged (commit 2)', plan: later });
        }
        return engine.version!(...given);
      },
      act: async (_name, _action, _act, runId) => {
        aborted.push(runId);
        throw new AssistError('rollout-ended', 'It has ended.', '');
      },
      // eslint-disable-next-line @typescript-eslint/require-await
      followRollout: async function* () {
        yield viewOf({ phase: 'rolledBack', outcome: 'rolledBack' }, { running: false });
      },
    },
    '--replace',
  );
  expect([code, aborted, engine.started]).toEqual([5, ['r-0'], []]);
  expect(stderr).toContain('It runs.');
});
