/** `retry`, `restart`, `--replace` and `undo` on the command line, with a configurator that notes what is asked of it. */
import type { Configurator } from '../../src/configurator.ts';
import type { DryRun } from '../../src/configurator/dry-run.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import type { HistoryRow, RegisteredVersion } from '../../src/domain/registry/question.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { cli, statusOf } from './fixtures.ts';

const PLAN = { ...quickPlan(), startAt: '2026-01-01T08:00 Europe/Berlin' };
const REF = { workflowId: 'rollout/Card', runId: 'r-2', url: null };

function registered(more: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    rolloutId: 'r-1',
    action: 'Card',
    version: '1.6.0',
    startedBy: 'kim',
    verifiedBy: null,
    startedAt: '2026-11-28T10:00:00.000Z',
    endedAt: '2026-11-28T11:00:00.000Z',
    phase: 'rolledBack',
    outcome: 'rolledBack',
    reason: 'acceptanceRate harm',
    contentSha256: null,
    report: null,
    safety: null,
    deployment: null,
    undo: null,
    plan: PLAN,
    acts: [],
    proof: null,
    ...more,
  };
}

function row(more: Partial<HistoryRow> = {}): HistoryRow {
  const { report: _r, safety: _s, deployment: _d, plan: _p, acts: _a, ...entry } = registered();
  return { ...entry, baselineVersion: '1.5.0', description: null, verdict: 'undecided', cards: null, ...more };
}

function viewOf(status: Partial<RolloutStatus>, more: Partial<RolloutView> = {}): RolloutView {
  return {
    ...REF,
    runId: 'r-1',
    status: statusOf(status),
    lost: null,
    progress: null,
    troubles: [],
    running: true,
    ...more,
  };
}

interface World {
  readonly last?: Partial<RegisteredVersion>;
  readonly rows?: readonly HistoryRow[];
  /** What runs, and how it ends once it is aborted. */
  readonly runs?: RolloutView;
  readonly ends?: RolloutView;
  /** What is there once that was looked at. */
  readonly later?: RolloutView;
  readonly act?: () => Promise<never>;
  /** What a worker answers to a dry run. */
  readonly dry?: Partial<DryRun>;
}

const NOTHING_WRONG: DryRun = {
  action: 'Card',
  version: '1.5.0',
  running: null,
  refusal: null,
  verifiedBy: null,
  problems: [],
  around: {
    standing: { baseline: { id: 'b', version: '1.4.0', splitPercent: 100 }, note: null, refused: false, exists: false },
    changed: [],
    calendar: { open: true, why: 'open', changesAtMs: null, atMs: 0, openings: [], closing: [] },
    traffic: null,
  },
  forecast: null,
};

/** What was asked of it, in order. */
function worldOf({ last, rows = [row()], runs, later, ends, act, dry }: World): {
  readonly asked: string[];
  readonly configurator: Partial<Configurator>;
} {
  const asked: string[] = [];
  let looks = 0;
  const configurator: Partial<Configurator> = {
    version: () => Promise.resolve(registered(last)),
    history: () => Promise.resolve(rows),
    isRunning: () => Promise.resolve(runs !== undefined),
    status: async () => {
      const now = looks === 0 ? runs : (later ?? runs);
      looks += 1;
      if (now === undefined) throw new AssistError('rollout-not-found', 'none', '');
      return Promise.resolve(now);
    },
    act: (name, action, { reason }, runId) => {
      asked.push(`${name} ${action} ${runId ?? ''}: ${reason}`);
      return act?.() ?? Promise.resolve({ ...REF, delivered: 'stored', status: null });
    },
    async *followRollout(_action, { runId } = {}) {
      asked.push(`follow ${runId ?? ''}`);
      if (ends !== undefined) yield await Promise.resolve(ends);
    },
    dryRun: (plan, { by }) => {
      asked.push(`dry run of ${plan.action.version} by ${by}`);
      return Promise.resolve({ ...NOTHING_WRONG, ...dry });
    },
    startRollout: (plan, { by }) => {
      asked.push(`start ${plan.action.version} by ${by}${'startAt' in plan ? ' at its time' : ''}`);
      return Promise.resolve(REF);
    },
    undo: (action, { to, by, reason }) => {
      asked.push(`undo ${action} to ${to ?? 'the last'} by ${by}: ${reason}`);
      return Promise.resolve(REF);
    },
  };
  return { asked, configurator };
}

const running = viewOf({ rolloutId: 'r-1', phase: 'baking' });
const rolledBack = viewOf({ outcome: 'rolledBack', phase: 'rolledBack' }, { running: false });

test('retry starts the plan of the last rollout, now and not at the time that it was planned for', async () => {
  const { asked, configurator } = worldOf({});
  expect((await cli(['retry', 'Card'], { configurator })).code).toBe(0);
  expect(asked).toEqual(['start 1.5.0 by ana', 'follow r-2']);
});

test('so it does once what it brought was undone', async () => {
  const undone = row({ rolloutId: 'u-1', outcome: 'undone', undo: { to: '1.5.0', proof: null } });
  const { asked, configurator } = worldOf({
    last: { outcome: 'promoted' },
    rows: [undone, row({ outcome: 'promoted' })],
  });
  expect((await cli(['retry', 'Card'], { configurator })).code).toBe(0);
  expect(asked).toEqual(['start 1.5.0 by ana', 'follow r-2']);
});

test.each([
  [{ last: { outcome: 'promoted' } }, 'nothing to try again'],
  [
    {
      last: { outcome: 'promoted' },
      rows: [row({ outcome: 'promoted' }), row({ rolloutId: 'u-1', outcome: 'undone' })],
    },
    'nothing to try again',
  ],
  [{ last: { outcome: null, endedAt: null }, runs: running }, 'still runs'],
  [{ rows: [row({ verdict: null, outcome: 'rejected' }), row({ verdict: 'harm' })] }, 'was proven harmful'],
])('retry of %j is refused, and nothing is started', async (world, says) => {
  const { asked, configurator } = worldOf(world);
  const { code, stderr } = await cli(['retry', 'Card'], { configurator });
  expect([code, asked]).toEqual([5, []]);
  expect(stderr).toContain(says);
});

test('what was proven harmful is tried again by force, and with a reason alone', async () => {
  const { asked, configurator } = worldOf({ rows: [row({ verdict: 'harm' })] });
  expect((await cli(['retry', 'Card', '--force'], { configurator })).code).toBe(5);
  expect(asked).toEqual([]);
  expect((await cli(['retry', 'Card', '--force', '--reason', 'the sensor was broken'], { configurator })).code).toBe(0);
  expect(asked).toEqual(['start 1.5.0 by ana', 'follow r-2']);
});

test('restart aborts the run that it found, waits for its end, and only then begins', async () => {
  const { asked, configurator } = worldOf({ last: { outcome: null, endedAt: null }, runs: running, ends: rolledBack });
  expect((await cli(['restart', 'Card', '--reason', 'holiday'], { configurator })).code).toBe(0);
  expect(asked).toEqual(['abort Card r-1: holiday', 'follow r-1', 'start 1.5.0 by ana', 'follow r-2']);
});

test.each([
  [
    'promoted meanwhile',
    viewOf({ outcome: 'promoted', phase: 'promoted' }, { running: false }),
    'had ended as promoted',
  ],
  [
    'not proven back',
    viewOf({ phase: 'needsAttention', waitingFor: 'the organisation' }),
    'its roll back is not proven',
  ],
])('nothing begins where the run is %s', async (_what, ends, says) => {
  const { asked, configurator } = worldOf({ runs: running, ends });
  const { code, stderr } = await cli(['undo', 'Card', '--replace', '--reason', 'x'], { configurator });
  expect(code).toBe(5);
  expect(stderr).toContain(says);
  expect(asked).toEqual(['abort Card r-1: x', 'follow r-1']);
});

test.each<[string[], HistoryRow[], string]>([
  [['--to', '1.4.0'], [row()], 'has left 1.4.0 in service before'],
  [[], [row({ baselineVersion: null, outcome: 'rejected' })], 'has left a version in service before'],
])('undo %j --replace aborts nothing where there is nothing to go back to', async (args, rows, says) => {
  const { asked, configurator } = worldOf({ runs: running, ends: rolledBack, rows });
  const { code, stderr } = await cli(['undo', 'Card', '--replace', '--reason', 'x', ...args], { configurator });
  expect([code, asked]).toEqual([5, []]);
  expect(stderr).toContain(says);
});

test('two who undo at once take one version out: the second is told what serves, and goes back further by name alone', async () => {
  const refused = (): Promise<never> => Promise.reject(new AssistError('update-rejected', 'it rolls back', ''));
  const undone = viewOf({ outcome: 'undone', phase: 'undone', version: '1.6.0' }, { running: false });
  const first = worldOf({ runs: running, ends: undone, act: refused });
  const { code, stderr } = await cli(['undo', 'Card', '--replace', '--reason', 'x'], first);
  expect([code, first.asked]).toEqual([5, ['abort Card r-1: x', 'follow r-1']]);
  expect(stderr).toContain('1.6.0 was undone already while this waited');
  expect(stderr).toContain('is on its way back already');
  const named = worldOf({ runs: running, ends: undone, act: refused });
  await cli(['undo', 'Card', '--replace', '--to', '1.5.0', '--reason', 'x'], named);
  expect(named.asked.at(2)).toBe('undo Card to 1.5.0 by ana: x');
});

test('who aborts the second waits for the same end', async () => {
  const refused = (): Promise<never> => Promise.reject(new AssistError('update-rejected', 'it rolls back', ''));
  const { asked, configurator } = worldOf({ runs: running, ends: rolledBack, act: refused });
  await cli(['restart', 'Card', '--reason', 'holiday'], { configurator: { ...configurator } });
  expect(asked.slice(-2)).toEqual(['start 1.5.0 by ana', 'follow r-2']);
});

const another = viewOf({ rolloutId: 'r-9', phase: 'baking' }, { runId: 'r-9' });
const over = (): Promise<never> => Promise.reject(new AssistError('rollout-ended', 'It has ended.', ''));

test.each([
  ['nothing', rolledBack],
  ['another one', another],
])('restart of what has ended meanwhile, where %s runs then, aborts and starts nothing', async (_what, later) => {
  const { asked, configurator } = worldOf({
    last: { outcome: null, endedAt: null },
    runs: running,
    later,
    ends: rolledBack,
    act: over,
  });
  const { code, stderr } = await cli(['restart', 'Card', '--reason', 'holiday'], { configurator });
  expect([code, asked]).toEqual([5, ['abort Card r-1: holiday']]);
  expect(stderr).toContain('it was not aborted, and nothing was started');
});

test('undo --replace means the one that ran when it was asked for', async () => {
  const { asked, configurator } = worldOf({ runs: running, later: another, ends: rolledBack, act: over });
  const history = async () => (await configurator.status?.('Card')) && [row()];
  await cli(['undo', 'Card', '--replace', '--reason', 'x'], { configurator: { ...configurator, history } as never });
  expect(asked.slice(0, 2)).toEqual(['abort Card r-1: x', 'follow r-1']);
});

test('undo says what serves, in how long and by what proof; what is refused is exit code 5', async () => {
  const safety = {
    provenByReadBack: true,
    provenAt: '2026-11-28T12:00:02.000Z',
    firstCandidateCardAt: null,
    timeToSafetyMs: null,
    reactionMs: 2100,
  };
  const reason = 'undone by ana: x Back to v1.5.0 was proven on 2026-11-20 with n 4120.';
  const undone = viewOf({ action: 'Card', outcome: 'undone', phase: 'undone', safety, reason }, { running: false });
  const good = worldOf({ ends: undone });
  const { code, stdout } = await cli(['undo', 'Card', '--to', 'v1.5.0', '--reason', 'x'], good);
  expect(code).toBe(0);
  expect(stdout).toBe(`undone: Card 1.5.0 serves alone; the organisation showed it 2.1 s after the call. ${reason}\n`);
  expect(good.asked[0]).toBe('undo Card to 1.5.0 by ana: x');
  const rejected = viewOf({ outcome: 'rejected', phase: 'rejected', reason: 'never proven' }, { running: false });
  const refused = await cli(['undo', 'Card', '--reason', 'x'], worldOf({ ends: rejected }));
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('Nothing was undone: never proven');
});

test('history marks each name that is but claimed, and says so once; show says it of each act', async () => {
  const { configurator } = worldOf({
    rows: [row({ startedBy: 'ana', verifiedBy: 'key' }), row({ startedBy: 'ben' })],
    last: {
      verifiedBy: 'key',
      acts: [
        { at: '2026-11-28T10:05:00.000Z', actor: 'ana', verifiedBy: 'key', act: 'refused', reason: 'Cannot approve' },
        { at: '2026-11-28T10:06:00.000Z', actor: 'guardian', act: 'abort', reason: 'nobody watches' },
      ],
    },
  });
  const { stdout } = await cli(['history', 'Card'], { configurator });
  expect(stdout).toMatch(/ ana  .*\n.* ben\*  .*\n\* claimed, not verified\n$/);
  const { stdout: shown } = await cli(['show', 'Card@1.6.0'], { configurator });
  expect(shown).toContain('by kim (key)');
  expect(shown).toMatch(/ana \(key\) +refused +Cannot approve/);
  expect(shown).toMatch(/guardian +abort/);
});

test('history says of a version that served whether it is proven, and of no other', async () => {
  const rows = [
    row({ startedBy: 'ana', outcome: null, phase: 'terminated' }),
    row({ startedBy: 'ben', outcome: 'rolledBack' }),
    row({ startedBy: 'kim', outcome: 'promoted', phase: 'promoted' }),
  ];
  const { stdout } = await cli(['history', 'Card'], { configurator: worldOf({ rows }).configurator });
  expect(stdout).toMatch(/ana\* +terminated +– .*\n.*ben\* +rolledBack +– .*\n.*kim\* +promoted +no /);
});

test('history says of each rollout what it was for, below its line', async () => {
  const description = `Refund rules of December ${'and more '.repeat(20)}`;
  const { configurator } = worldOf({ rows: [row({ startedBy: 'ana', description }), row({ startedBy: 'ben' })] });
  const { stdout } = await cli(['history', 'Card'], { configurator });
  expect(stdout).toMatch(/ ana\* .*\n  Refund rules of December and more .*…\n.* ben\* .*\n\* claimed/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

const RUNNING = { ...REF, runId: 'r-1', version: '1.4.9', phase: 'baking' };
const ERROR = {
  code: 'plan-harm-before',
  severity: 'error',
  path: 'action.version',
  message: 'harm',
  remedy: 'mend',
} as const;
const CLOSED = { open: false, why: 'frozen by kim', changesAtMs: null, atMs: 0, openings: ['Mon 08:00'], closing: [] };
const around = NOTHING_WRONG.around;

test.each<[string, Partial<DryRun>, number, string]>([
  ['a start that nothing stands against', {}, 0, 'would start. Nothing was started'],
  ['another that runs', { running: RUNNING }, 5, 'v1.4.9 of Card (baking, run r-1): a start is refused beside it'],
  ['a person who may not', { refusal: 'ana has no role', around: null }, 2, 'who       ana has no role'],
  ['a problem', { problems: [ERROR], around: null }, 2, 'error plan-harm-before at action.version: harm mend'],
  ['a warning', { problems: [{ ...ERROR, severity: 'warning' }] }, 0, '0 errors, 1 warnings'],
  [
    'an organisation in which it has no baseline',
    {
      around: around && { ...around, standing: { baseline: null, note: 'None serves.', refused: true, exists: false } },
    },
    2,
    'refused: None serves.',
  ],
  [
    'a closed window, which holds a start and refuses none',
    { around: around && { ...around, calendar: CLOSED } },
    0,
    'waits before it deploys: frozen by kim (opens Mon 08:00)',
  ],
])('a dry run tells of %s, with the exit code of a start, and starts nothing', async (_what, dry, code, says) => {
  const { asked, configurator } = worldOf({ dry });
  const ran = await cli(['retry', 'Card', '--dry-run'], { configurator });
  expect([ran.code, asked]).toEqual([code, ['dry run of 1.5.0 by ana']]);
  expect(ran.stdout).toContain(says);
  const json = await cli(['retry', 'Card', '--dry-run', '--json'], { configurator });
  expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'dryRun', wouldStart: code === 0, ...dry });
});

test('a dry run of a restart aborts nothing, and says what it would abort', async () => {
  const { asked, configurator } = worldOf({
    last: { outcome: null, endedAt: null },
    runs: running,
    dry: { running: RUNNING },
  });
  const { code, stdout } = await cli(['restart', 'Card', '--reason', 'holiday', '--dry-run'], { configurator });
  expect([code, asked]).toEqual([0, ['dry run of 1.5.0 by ana']]);
  expect(stdout).toContain('it would be aborted first');
});
