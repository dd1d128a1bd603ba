import type { GuardianFinding } from '../../../src/domain/guardian/finding.ts';
import { findingsIn } from '../../../src/domain/guardian/findings.ts';
import { healthOf, isByHand } from '../../../src/domain/guardian/health.ts';
import { planRestore } from '../../../src/domain/guardian/restore-plan.ts';
import type { OpenRow, Seen, SeenRun, SeenServing, SeenWatch } from '../../../src/domain/guardian/seen.ts';
import { GUARDIAN_RULES } from '../../../src/domain/guardian/seen.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds: number): number => NOW - seconds * 1000;

const control = (more: Partial<SeenServing> = {}): SeenServing => ({
  target: 'agentAssistActions',
  id: 'b',
  actionName: 'Card',
  version: '1.4.0',
  group: 'control',
  enabled: true,
  splitPercent: 80,
  rolloutId: null,
  standsAlone: false,
  changedAt: null,
  ...more,
});
const candidate = (more: Partial<SeenServing> = {}): SeenServing => ({
  ...control(),
  id: 'c',
  version: '1.5.0',
  group: 'candidate',
  splitPercent: 20,
  rolloutId: 'run-1',
  ...more,
});
const watch = (more: Partial<SeenWatch> = {}): SeenWatch => ({
  kind: 'watch',
  paused: false,
  pausedAtMs: null,
  scheduledAtMs: ago(600),
  heardAtMs: ago(1),
  attempt: 1,
  failure: null,
  ...more,
});
const run = (more: Partial<SeenRun> = {}): SeenRun => ({
  runId: 'run-1',
  state: 'running',
  version: '1.5.0',
  phase: 'baking',
  outcome: null,
  startedAtMs: ago(3600),
  closedAtMs: null,
  frozen: null,
  watch: watch(),
  ...more,
});
const dead = (state: SeenRun['state'], more: Partial<SeenRun> = {}): SeenRun =>
  run({ state, closedAtMs: ago(30), watch: null, ...more });
const row = (more: Partial<OpenRow> = {}): OpenRow => ({
  rolloutId: 'run-1',
  workflowId: 'rollout/Card',
  action: 'Card',
  version: '1.5.0',
  ...more,
});

function seen(given: {
  readonly versions?: readonly SeenServing[];
  readonly run?: SeenRun | null;
  readonly rows?: readonly OpenRow[];
  readonly rowRun?: SeenRun | null;
  readonly judgedAgo?: number;
  /** Of the run; null: it is open on record; undefined: it is not on record. */
  readonly endedAgo?: number | null | undefined;
  readonly storeAway?: true;
  readonly eventTroubles?: Seen['eventTroubles'];
  readonly unseen?: Seen['unseen'];
  readonly lostBuilds?: Seen['lostBuilds'];
  readonly waves?: Seen['waves'];
}): Seen {
  return {
    nowMs: NOW,
    versions: given.versions ?? [control(), candidate()],
    runs: new Map([['Card', given.run === undefined ? run() : given.run]]),
    rows: given.rows ?? [],
    rowRuns: given.rowRun === undefined ? new Map() : new Map([['run-0', given.rowRun]]),
    judgedAtMs: given.judgedAgo === undefined ? new Map() : new Map([['run-1', ago(given.judgedAgo)]]),
    endedAtMs: given.storeAway
      ? null
      : recordOf((given.run ?? run()).runId, 'endedAgo' in given ? given.endedAgo : null),
    eventTroubles: given.eventTroubles ?? [],
    lostBuilds: given.lostBuilds ?? new Map(),
    waves: given.waves ?? new Map(),
    unseen: given.unseen ?? [],
  };
}

function recordOf(runId: string, endedAgo: number | null | undefined): Map<string, number | null> {
  return new Map(endedAgo === undefined ? [] : [[runId, endedAgo === null ? null : ago(endedAgo)]]);
}

const found = (given: Parameters<typeof seen>[0]): readonly Partial<GuardianFinding>[] =>
  findingsIn(seen(given), GUARDIAN_RULES).map(({ kind, remedy, ripe }) => ({ kind, remedy, ripe }));

describe('what is found', () => {
  const restore = { kind: 'unwatched', remedy: 'restore', ripe: true };
  const signal = { kind: 'blind', remedy: 'signal', ripe: true };
  const setBack = { kind: 'setBack', remedy: 'signal', ripe: true };
  const close = { kind: 'lostRun', remedy: 'close', ripe: true };
  test.each<[string, Parameters<typeof seen>[0], readonly object[]]>([
    ['a rollout that is watched', {}, []],
    ['a build that somebody runs', { run: run({ build: 'a:1' }), lostBuilds: new Map([['a:2', 'a:3']]) }, []],
    [
      'a build that nobody runs, a moment after it was heard of',
      { run: run({ build: 'a:1' }), lostBuilds: new Map([['a:1', 'a:2']]) },
      [],
    ],
    [
      'a build that nobody runs, and a watch that is silent',
      { run: run({ build: 'a:1', watch: watch({ heardAtMs: ago(61) }) }), lostBuilds: new Map([['a:1', 'a:2']]) },
      [{ kind: 'lostBuild', remedy: 'move', ripe: true }],
    ],
    [
      'a build that nobody runs, and none to go on by',
      { run: run({ build: 'a:1', watch: null }), lostBuilds: new Map([['a:1', null]]) },
      [{ kind: 'lostBuild', remedy: 'restore', ripe: true }],
    ],
    [
      'the same, and no candidate is shown',
      {
        run: run({ build: 'a:1', watch: null }),
        lostBuilds: new Map([['a:1', null]]),
        versions: [control({ splitPercent: 100 })],
      },
      [{ kind: 'lostBuild', remedy: 'alarm', ripe: true }],
    ],
    [
      'a run that waits where no worker looks',
      { run: run({ runId: 'run-2', strayQueue: 'nowhere', phase: null, watch: null }) },
      [{ kind: 'frozen', remedy: 'restore', ripe: true }],
    ],
    [
      'a way back that is paused',
      { run: run({ phase: 'needsAttention', watch: null, pausedBack: { activity: 'rollBack', sinceMs: ago(61) } }) },
      [{ kind: 'frozen', remedy: 'restore', ripe: true }],
    ],
    [
      'a way back that was paused a moment ago',
      { run: run({ phase: 'rollingBack', watch: null, pausedBack: { activity: 'rollBack', sinceMs: ago(5) } }) },
      [{ kind: 'frozen', remedy: 'restore', ripe: false }],
    ],
    ...['validating', 'scheduled', 'deploying'].map(
      (phase): [string, Parameters<typeof seen>[0], readonly object[]] => [
        `what a rollout that is over left, beside one that is ${phase}`,
        { run: run({ runId: 'run-2', version: '1.7.0', phase, watch: null }) },
        [restore],
      ],
    ),
    [
      'a build that nobody runs, and a run that is over',
      { run: dead('terminated', { build: 'a:1' }), lostBuilds: new Map([['a:1', 'a:2']]) },
      [restore],
    ],
    [
      'waves on a build that nobody runs',
      { waves: new Map([['spring', run({ build: 'a:1', watch: null })]]), lostBuilds: new Map([['a:1', 'a:2']]) },
      [{ kind: 'lostBuild', remedy: 'move', ripe: true }],
    ],
    [
      'waves on a build that nobody runs, and none to go on by',
      { waves: new Map([['spring', run({ build: 'a:1', watch: null })]]), lostBuilds: new Map([['a:1', null]]) },
      [{ kind: 'lostBuild', remedy: 'alarm', ripe: true }],
    ],
    [
      'waves that do not replay',
      { waves: new Map([['spring', run({ frozen: { sinceMs: ago(61), failure: 'x', resetTo: '31' } })]]) },
      [{ kind: 'frozen', remedy: 'reset', ripe: true }],
    ],
    [
      'waves whose task fails for a moment',
      { waves: new Map([['spring', run({ frozen: { sinceMs: ago(5), failure: 'x' } })]]) },
      [{ kind: 'frozen', remedy: 'alarm', ripe: false }],
    ],
    [
      'waves that failed, and are over',
      { waves: new Map([['spring', dead('terminated', { frozen: { sinceMs: ago(61), failure: 'x' } })]]) },
      [],
    ],
    [
      'waves on a build that somebody runs, on none, and such as are over',
      {
        waves: new Map([
          ['spring', run({ build: 'a:2' })],
          ['summer', run()],
          ['autumn', dead('terminated', { build: 'a:1' })],
          ['winter', null],
        ]),
        lostBuilds: new Map([['a:1', 'a:2']]),
      },
      [],
    ],
    ['terminated', { run: dead('terminated') }, [restore]],
    ['one that runs, and has ended by its record', { endedAgo: 600 }, [setBack]],
    ['one that runs, and is not on record', { endedAgo: undefined }, [setBack]],
    [
      'one that has just begun, and is not on record yet',
      { endedAgo: undefined, run: run({ startedAtMs: ago(60) }) },
      [],
    ],
    ['one of which the store cannot be asked', { endedAgo: undefined, storeAway: true }, []],
    ['failed', { run: dead('failed') }, [restore]],
    ['timed out', { run: dead('timedOut') }, [restore]],
    ['cancelled without a roll back', { run: dead('cancelled') }, [restore]],
    ['over, and its candidate raised again', { run: dead('completed', { outcome: 'rolledBack' }) }, [restore]],
    ['a run that never was', { run: null }, [restore]],
    [
      'terminated at 0 %',
      { run: dead('terminated'), versions: [control({ splitPercent: 100 }), candidate({ splitPercent: 0 })] },
      [],
    ],
    [
      'terminated, and the candidate is off',
      { run: dead('terminated'), versions: [control(), candidate({ enabled: false })] },
      [],
    ],
    [
      'terminated after promotion',
      {
        run: dead('terminated'),
        versions: [control({ enabled: false, splitPercent: 0 }), candidate({ group: 'control', splitPercent: 100 })],
      },
      [],
    ],
    [
      'two candidates of dead runs',
      { run: dead('terminated'), versions: [control(), candidate(), candidate({ id: 'd', version: '1.6.0' })] },
      [restore],
    ],
    [
      'an experiment of somebody',
      { run: null, versions: [control(), candidate({ rolloutId: null })] },
      [{ kind: 'foreign', remedy: 'alarm', ripe: true }],
    ],
    [
      'a candidate without a mark, of the version that the dead run was for',
      { run: dead('terminated'), versions: [control(), candidate({ rolloutId: null })] },
      [restore],
    ],
    [
      'a candidate without a mark, of a version that the store knows',
      { run: null, rows: [row()], rowRun: null, versions: [control(), candidate({ rolloutId: null })] },
      [restore],
    ],
    [
      "ours and somebody's",
      {
        run: dead('terminated'),
        versions: [control(), candidate(), candidate({ id: 'x', version: '9.0.0', rolloutId: null })],
      },
      [restore, { kind: 'foreign', remedy: 'alarm', ripe: true }],
    ],
    [
      'a second candidate beside a watched one',
      { versions: [control(), candidate(), candidate({ id: 'd', version: '1.6.0', rolloutId: 'run-9' })] },
      [{ kind: 'otherCandidate', remedy: 'alarm', ripe: true }],
    ],
    [
      'a candidate beside a run whose version nobody knows',
      { run: run({ version: null }), versions: [control(), candidate({ rolloutId: 'run-0' })] },
      [],
    ],
    [
      'frozen for a moment',
      { run: run({ frozen: { sinceMs: ago(5), failure: 'x' } }) },
      [{ kind: 'frozen', remedy: 'restore', ripe: false }],
    ],
    [
      'frozen for long',
      { run: run({ frozen: { sinceMs: ago(61), failure: 'x' } }) },
      [{ kind: 'frozen', remedy: 'restore', ripe: true }],
    ],
    [
      'frozen at 0 %',
      { run: run({ frozen: { sinceMs: ago(61), failure: 'x' } }), versions: [control({ splitPercent: 100 })] },
      [{ kind: 'frozen', remedy: 'alarm', ripe: true }],
    ],
    ['a paused workflow', { run: run({ state: 'paused' }) }, [{ kind: 'frozen', remedy: 'restore', ripe: true }]],
    ['a paused watch', { run: run({ watch: watch({ paused: true, pausedAtMs: ago(1) }) }) }, [signal]],
    ['a silent watch', { run: run({ watch: watch({ heardAtMs: ago(61) }) }) }, [signal]],
    [
      'a watch that fails before it ever beats',
      { run: run({ watch: watch({ heardAtMs: 0, attempt: 11, failure: 'the database is away' }) }) },
      [signal],
    ],
    [
      'a watch that has just begun',
      { run: run({ watch: watch({ scheduledAtMs: ago(1), heardAtMs: ago(1) }) }), judgedAgo: 500 },
      [],
    ],
    ['a watch that beats and judges nothing', { judgedAgo: 121 }, [signal]],
    ['a watch that judges', { judgedAgo: 60 }, []],
    ['no watch in a bake', { run: run({ watch: null }) }, [signal]],
    ['no watch while it rolls back', { run: run({ watch: null, phase: 'rollingBack' }) }, []],
    [
      'a silent watch at 0 %',
      { run: run({ watch: watch({ heardAtMs: ago(61) }) }), versions: [control({ splitPercent: 100 })] },
      [],
    ],
    [
      'a silent watch after promotion',
      {
        run: run({ phase: 'longWatch', watch: watch({ heardAtMs: ago(61) }) }),
        versions: [candidate({ group: 'control', splitPercent: 100 })],
      },
      [signal],
    ],
    [
      'a long watch that took no cards of late',
      {
        run: run({ phase: 'longWatch', watch: watch({ kind: 'longWatch' }) }),
        judgedAgo: 600,
        versions: [candidate({ group: 'control', splitPercent: 100 })],
      },
      [],
    ],
    ['a run that began moments ago', { run: run({ startedAtMs: ago(3), phase: 'baking', watch: null }) }, []],
    ['a row of a run that is dead', { run: dead('terminated'), rows: [row()], versions: [control()] }, [close]],
    ['a row of a run that lives', { rows: [row()] }, []],
    [
      'a row whose run was reset',
      { rows: [row({ rolloutId: 'run-0' })], rowRun: dead('terminated', { runId: 'run-0' }) },
      [close],
    ],
    [
      'a row whose run goes on in another',
      { rows: [row({ rolloutId: 'run-0' })], rowRun: dead('continuedAsNew', { runId: 'run-0' }) },
      [],
    ],
    [
      'a row whose other run dies too',
      {
        run: dead('terminated'),
        versions: [control()],
        rows: [row({ rolloutId: 'run-0' })],
        rowRun: dead('continuedAsNew', { runId: 'run-0' }),
      },
      [close],
    ],
    ['a row that was not looked for', { rows: [row({ rolloutId: 'run-7' })] }, []],
    [
      'what brings the events is gone',
      { eventTroubles: [{ target: 'agentAssistActions', kind: 'missing', message: 'No export.' }] },
      [{ kind: 'export', remedy: 'repair', ripe: true }],
    ],
    [
      'a target that cannot be looked at, besides what is found on others',
      { run: dead('terminated'), unseen: [{ what: 'versions', target: 'copilotQueues', why: 'Refused.' }] },
      [restore, { kind: 'unseen', remedy: 'alarm', ripe: true }],
    ],
  ])('%s', (_name, given, expected) => {
    expect(found(given)).toEqual(expected);
  });

  test('how a lost run ended is how its row ends', () => {
    const endOf = (one: SeenRun | null) =>
      findingsIn(
        seen({ run: run({ runId: 'run-2' }), rows: [row({ rolloutId: 'run-0' })], rowRun: one }),
        GUARDIAN_RULES,
      )[0]?.ended;
    expect(endOf(dead('failed'))).toEqual({ phase: 'failed', outcome: null });
    expect(endOf(dead('completed', { outcome: 'rolledBack' }))).toEqual({ phase: 'rolledBack', outcome: 'rolledBack' });
    expect(endOf(null)).toEqual({ phase: 'terminated', outcome: null });
  });

  test('what is started and refused beside a lost rollout is no other finding', () => {
    const keys = ['run-1', 'run-2', 'run-3'].map((runId) =>
      findingsIn(seen({ run: dead('completed', { runId, version: '1.7.0' }) }), GUARDIAN_RULES).map(({ key }) => key),
    );
    expect(keys).toEqual([['unwatched/Card/run-1'], ['unwatched/Card/run-1'], ['unwatched/Card/run-1']]);
  });

  test('what is seen stands in the sentence, and the same finding has the same key an hour later', () => {
    const once = findingsIn(seen({ run: dead('terminated') }), GUARDIAN_RULES);
    expect(once[0]).toMatchObject({
      sentence:
        'v1.5.0 at 20 % of Card is shown and nobody watches: its run was terminated at 2026-03-01 11:59:30 UTC.',
      ids: ['c'],
      workflowId: 'rollout/Card',
      wayOut: '`assist-rollouts recover "Card"` puts the baseline back at once.',
    });
    expect(
      findingsIn({ ...seen({ run: dead('terminated') }), nowMs: NOW + 3_600_000 }, GUARDIAN_RULES).map(
        ({ key }) => key,
      ),
    ).toEqual(once.map(({ key }) => key));
  });
});

describe('a run that was terminated', () => {
  const terminated = { by: 'ana@laptop', reason: 'wrong tab' };
  const lost = (given: Parameters<typeof seen>[0], brings?: boolean) =>
    findingsIn(seen({ run: dead('terminated', { terminated }), rows: [row()], ...given }), GUARDIAN_RULES, brings).find(
      ({ kind }) => kind === 'lostRun',
    );

  test('says by whom and why as Temporal has it, what agents see, and what is done about it', () => {
    expect(lost({})).toMatchObject({
      sentence:
        'The rollout of Card v1.5.0 is over: its run was terminated by hand at 2026-03-01 11:59:30 UTC (Temporal names ' +
        '"ana@laptop", and as reason "wrong tab"). Agents still see v1.5.0 at 20 %, and nobody watches.',
      wayOut: 'The baseline is being brought back, and you will be told.',
      isShown: true,
      ids: ['c'],
    });
    expect(lost({}, false)?.wayOut).toBe('`assist-rollouts recover "Card"` puts the baseline back at once.');
  });

  test('where agents see nothing of it any more, it says how to begin again', () => {
    expect(lost({ versions: [control({ splitPercent: 100 })] })).toMatchObject({
      wayOut: 'If it is still wanted, `assist-rollouts retry "Card"` starts it again.',
      isShown: false,
    });
    expect(lost({ run: run({ runId: 'run-2' }), rows: [row({ rolloutId: 'run-0' })], rowRun: null })).toMatchObject({
      sentence: expect.stringMatching(/; a later run of \w+ goes on\.$/) as string,
      wayOut: 'Nothing: it goes on.',
      ids: ['run-2'],
    });
  });

  test('is none of a hand where the server ended it, or where nobody can tell', () => {
    expect(isByHand(dead('terminated', { terminated }))).toBe(true);
    expect(isByHand(dead('terminated', { terminated: { by: 'history-service', reason: 'too large' } }))).toBe(false);
    expect(isByHand(dead('terminated'))).toBe(false);
    expect(isByHand(dead('failed'))).toBe(false);
  });
});

test.each<[string, SeenRun | null, string]>([
  ['well', run(), 'well'],
  ['none', null, 'dead'],
  ['frozen', run({ frozen: { sinceMs: NOW, failure: 'x' } }), 'frozen'],
  ['fresh', run({ startedAtMs: NOW, watch: null }), 'well'],
  [
    'a watch that fails again and again',
    run({ watch: watch({ heardAtMs: ago(90), attempt: 7, failure: 'the database is away' }) }),
    'blind',
  ],
])('health of a run: %s', (_name, given, expected) => {
  expect(healthOf(given, undefined, NOW, GUARDIAN_RULES).kind).toBe(expected);
});

describe('what a recovery would write', () => {
  test.each<[string, readonly SeenServing[], object]>([
    [
      'one candidate',
      [control(), candidate()],
      { kind: 'restore', baseline: { id: 'b' }, candidates: [{ id: 'c' }], foreign: [] },
    ],
    [
      'all candidates of ours, none of others',
      [
        control(),
        candidate(),
        candidate({ id: 'd', version: '1.6.0' }),
        candidate({ id: 'x', version: '9.0.0', rolloutId: null }),
      ],
      { kind: 'restore', candidates: [{ id: 'c' }, { id: 'd' }], foreign: [{ id: 'x' }] },
    ],
    [
      'a baseline at 0 beside a candidate at 100',
      [control({ splitPercent: 0 }), candidate({ splitPercent: 100 })],
      { kind: 'restore', baseline: { id: 'b' } },
    ],
    [
      'the control that serves, not one at 0',
      [control({ id: 'old', version: '1.3.0', splitPercent: 0 }), control(), candidate()],
      { kind: 'restore', baseline: { id: 'b' } },
    ],
    ['never without an enabled baseline', [control({ enabled: false }), candidate()], { kind: 'needsPerson' }],
    [
      'nor when it cannot be told which',
      [control(), control({ id: 'b2', version: '1.3.0' }), candidate()],
      { kind: 'needsPerson' },
    ],
    ['nothing is shown', [control(), candidate({ splitPercent: 0 })], { kind: 'nothing' }],
    [
      'only an experiment of somebody',
      [control(), candidate({ version: '9.0.0', rolloutId: null })],
      { kind: 'nothing', foreign: [{ id: 'c' }] },
    ],
  ])('%s', (_name, versions, expected) => {
    expect(planRestore(versions, dead('terminated'), [])).toMatchObject(expected);
  });
});

test('of what Temporal tells since when it is so, it is said when it is ripe', () => {
  const ripeness = (given: Parameters<typeof seen>[0]) =>
    findingsIn(seen(given), GUARDIAN_RULES).map(({ ripe, ripeInMs }) => ({ ripe, ripeInMs }));
  const frozen = (secondsAgo: number) => ({ run: run({ frozen: { sinceMs: ago(secondsAgo), failure: 'x' } }) });
  expect(ripeness(frozen(45))).toEqual([{ ripe: false, ripeInMs: 15_000 }]);
  expect(ripeness(frozen(60))).toEqual([{ ripe: true, ripeInMs: 0 }]);
  expect(ripeness(frozen(600))).toEqual([{ ripe: true, ripeInMs: 0 }]);
  // Nobody knows since when: two looks must agree.
  expect(ripeness({ run: run({ state: 'paused' }) })).toEqual([{ ripe: true, ripeInMs: undefined }]);
  expect(ripeness({ run: run({ state: 'terminated', closedAtMs: ago(300) }) })).toEqual([
    { ripe: true, ripeInMs: undefined },
  ]);
});
