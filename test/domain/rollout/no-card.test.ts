import { driftOf } from '../../../src/domain/rollout/drift.ts';
import type { Expected } from '../../../src/domain/rollout/drift.ts';
import type { SeenVersion } from '../../../src/domain/split/seen-version.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';
import { noArrivals } from '../../../src/domain/rollout/arrivals.ts';
import { planRestore } from '../../../src/domain/guardian/restore-plan.ts';
import { fingerprintOf, refOf } from '../../helpers/arms.ts';

const seen = (more: Partial<SeenVersion> = {}): SeenVersion => ({
  target: 'agentAssistActions',
  id: 'c',
  actionName: 'ReturnsAssist',
  version: '1.0.0',
  group: 'candidate',
  enabled: true,
  splitPercent: 20,
  fingerprint: fingerprintOf('c'),
  rolloutId: 'run-1',
  standsAlone: true,
  changedAt: null,
  changedBy: null,
  ...more,
});
const first: Expected = {
  baseline: null,
  candidate: refOf('c', '1.0.0'),
  splitPercent: 20,
  stage: 'both',
  acceptedRivals: [],
};
const last: Expected = { ...first, baseline: refOf('c', '1.0.0'), candidate: null };
const control = (more: Partial<SeenVersion> = {}): SeenVersion =>
  seen({ group: 'control', splitPercent: 80, rolloutId: null, ...more });

describe('drift', () => {
  test('a first version beside no card is none, though most conversations see no card', () => {
    expect(driftOf(first, [seen()])).toBeNull();
  });

  test.each<[string, Expected, readonly SeenVersion[], object]>([
    ['another split', first, [seen({ splitPercent: 30 })], { kind: 'split' }],
    ['a switch', first, [seen({ enabled: false })], { kind: 'enabled' }],
    ['another content', first, [seen({ fingerprint: fingerprintOf('x') })], { kind: 'candidateContent' }],
    ['a version that is gone', first, [], { kind: 'deleted' }],
    ['a rival', first, [seen(), control({ id: 'r' })], { kind: 'rival' }],
    ['another split of a retired one', last, [control({ splitPercent: 100 })], { kind: 'split' }],
    ['a switch of a retired one', last, [control({ enabled: false })], { kind: 'enabled' }],
    ['a retired one that is gone', last, [], { kind: 'deleted' }],
  ])('%s is told, and is no hole that waits for nobody', (_, expected, versions, drift) => {
    const found = driftOf(expected, versions);
    expect(found).toMatchObject(drift);
    expect(found).not.toHaveProperty('uncovered');
  });

  test('a version that is being retired, or is, is none', () => {
    expect(driftOf(last, [control()])).toBeNull();
    const done = { ...last, stage: 'alone' as const, splitPercent: 100 };
    expect(driftOf(done, [control({ enabled: false, splitPercent: 0 })])).toBeNull();
    expect(driftOf(done, [control()])).toMatchObject({ kind: 'enabled' });
  });

  test('once a first version serves everybody, a hole is one', () => {
    const alone = { ...first, stage: 'alone' as const, splitPercent: 100 };
    expect(driftOf(alone, [control({ splitPercent: 100 })])).toBeNull();
    expect(driftOf(alone, [control({ splitPercent: 60 })])).toMatchObject({ kind: 'split', uncovered: true });
  });
});

describe('a rollout that is dead', () => {
  test('leaves a first version to be taken back, with nothing in its place', () => {
    expect(planRestore([seen()], null, [])).toMatchObject({
      kind: 'restore',
      baseline: null,
      candidates: [{ id: 'c' }],
    });
  });

  test('leaves a version that was being retired to be brought back', () => {
    const versions = [control(), control({ id: 'other', enabled: false, splitPercent: 0, standsAlone: false })];
    expect(
      planRestore(versions, null, [{ rolloutId: 'r', workflowId: 'w', action: 'ReturnsAssist', version: '1.0.0' }]),
    ).toMatchObject({
      kind: 'restore',
      baseline: { id: 'c' },
      candidates: [],
    });
  });

  test('a version that serves everybody is nobody to be brought back, whatever mark it bears', () => {
    expect(planRestore([control({ splitPercent: 100 })], null, [])).toMatchObject({ kind: 'nothing' });
  });

  test('an only candidate without the mark is still left to a person', () => {
    expect(planRestore([seen({ standsAlone: false })], null, [])).toMatchObject({ kind: 'needsPerson' });
  });
});

test('if no conversation without a card is ever told of, what is missing is named', () => {
  const end = watchEnd(
    { kind: 'hold' },
    {
      report: { verdict: 'noData', reason: '', guardrails: [], n: { baseline: 0, candidate: 0 } },
      nowMs: 60_000,
      arrivals: {
        ...noArrivals(0),
        arms: { baseline: { cards: 0, lastMs: 0 }, candidate: { cards: 9, lastMs: 60_000 } },
      },
      firstCandidateAtMs: 0,
      splitPercent: 20,
      noCard: 'baseline',
      noDataAfterMs: 30_000,
      silenceAcceptedAtMs: null,
      distrust: [],
      staleAfterMs: 1000,
      alarms: [],
      budgets: [],
    },
  );
  expect(end).toMatchObject({ kind: 'noData' });
  expect(end?.reason).toMatch(/^No card-free conversation has come .*agentassist\.action\.withheld/);
});
