import { driftOf } from '../../../src/domain/rollout/drift.ts';
import type { Expected } from '../../../src/domain/rollout/drift.ts';
import type { SeenVersion } from '../../../src/domain/split/seen-version.ts';
import { fingerprintOf, refOf } from '../../helpers/arms.ts';

const expected: Expected = {
  baseline: refOf('b', '1.4.0'),
  candidate: refOf('c', '1.5.0'),
  splitPercent: 20,
  stage: 'both',
  acceptedRivals: [],
};
const seen = (id: string, more: Partial<SeenVersion> = {}): SeenVersion => ({
  target: 'agentAssistActions',
  id,
  actionName: 'RefundAssist',
  version: id === 'c' ? '1.5.0' : '1.4.0',
  group: id === 'c' ? 'candidate' : 'control',
  enabled: true,
  splitPercent: id === 'c' ? 20 : 80,
  fingerprint: fingerprintOf(id),
  rolloutId: null,
  standsAlone: false,
  changedAt: null,
  changedBy: null,
  ...more,
});
const foreign = { ...fingerprintOf('c'), html: 'another' };

test('whoever changed a content is not said to have moved a split', () => {
  const changed = { changedBy: 'kim', changedAt: '2026-01-01T10:00:00Z', splitPercent: 60 };
  const moved = (more: Partial<SeenVersion>): string =>
    driftOf(expected, [seen('b', { splitPercent: 40 }), seen('c', { ...changed, ...more })])?.message ?? '';
  expect(moved({})).toContain('last changed by kim');
  expect(moved({ changedContent: true })).toMatch(/the rollout left 20 %\.$/);
});

test('what the rollout left is no drift', () => {
  expect(driftOf(expected, [seen('b'), seen('c')])).toBeNull();
});

test.each<[string, SeenVersion[], string, RegExp]>([
  [
    'a swapped card',
    [seen('b'), seen('c', { fingerprint: foreign, changedBy: 'kim', changedAt: '2026-01-01T10:00:00Z' })],
    'candidateContent',
    /v1\.5\.0 \(c\), the candidate, has another html than what was checked \(last changed by kim at 2026-01-01T10:00:00Z\)/,
  ],
  [
    'a changed baseline',
    [seen('b', { fingerprint: { ...fingerprintOf('b'), trigger: 'x', ui: 'y' } }), seen('c')],
    'baselineContent',
    /another trigger and ui/,
  ],
  [
    'a raised split',
    [seen('b', { splitPercent: 40 }), seen('c', { splitPercent: 60 })],
    'split',
    /to 60 % of the conversations where the rollout left 20 %/,
  ],
  ['a hole', [seen('b', { splitPercent: 60 }), seen('c')], 'split', /some conversations see no card/],
  [
    'a candidate switched off',
    [seen('b'), seen('c', { enabled: false })],
    'enabled',
    /the candidate, was switched off/,
  ],
  ['a baseline switched off', [seen('b', { enabled: false }), seen('c')], 'enabled', /the baseline, was switched off/],
  ['a deleted candidate', [seen('b')], 'deleted', /\(c\), the candidate, is not in the organisation/],
  ['a deleted baseline', [seen('c')], 'deleted', /\(b\), the baseline/],
  [
    'a second candidate',
    [seen('b'), seen('c'), seen('x', { version: '1.6.0', group: 'candidate', splitPercent: 10 })],
    'rival',
    /v1\.6\.0 \(x\) at 10 %/,
  ],
  [
    'another control',
    [seen('b'), seen('c'), seen('y', { version: '1.4.1', splitPercent: 100 })],
    'rival',
    /v1\.4\.1 \(y\) at 100 %/,
  ],
  [
    'content before split',
    [seen('b', { splitPercent: 0 }), seen('c', { splitPercent: 100, fingerprint: foreign })],
    'candidateContent',
    /html/,
  ],
])('%s is told, with what differs', (_, versions, kind, message) => {
  const drift = driftOf(expected, versions);
  expect(drift?.kind).toBe(kind);
  expect(drift?.message).toMatch(message);
});

test('a hole in the coverage is told as one', () => {
  expect(driftOf(expected, [seen('b'), seen('c', { enabled: false })])?.uncovered).toBe(true);
  expect(driftOf(expected, [seen('b', { splitPercent: 60 }), seen('c')])?.uncovered).toBe(true);
  expect(driftOf(expected, [seen('b', { splitPercent: 100 }), seen('c', { enabled: false })])).toMatchObject({
    kind: 'enabled',
  });
  expect(
    driftOf(expected, [seen('b', { splitPercent: 100 }), seen('c', { enabled: false })])?.uncovered,
  ).toBeUndefined();
});

test('while a write of ours is on its way only contents are compared', () => {
  const writing = { ...expected, splitPercent: null };
  expect(driftOf(writing, [seen('b', { splitPercent: 40 }), seen('c', { splitPercent: 60 })])).toBeNull();
  expect(driftOf(writing, [seen('b'), seen('c', { fingerprint: foreign })])?.kind).toBe('candidateContent');
});

describe('a write of ours that proved nothing', () => {
  const raised: Expected = { ...expected, written: { splitPercent: 60, stage: 'both' } };
  const candidateAt = (percent: number): SeenVersion => seen('c', { splitPercent: percent });
  const at = (percent: number): SeenVersion[] => [seen('b', { splitPercent: 100 - percent }), candidateAt(percent)];
  const off = seen('b', { enabled: false, splitPercent: 0 });

  test('what was served before, and what it serves, are both our own', () => {
    expect(driftOf(raised, at(20))).toBeNull();
    expect(driftOf(raised, at(60))).toBeNull();
  });

  test('anything else is another hand, held against what was proven', () => {
    expect(driftOf(raised, at(40))?.message).toContain('to 40 % of the conversations where the rollout left 20 %');
    expect(driftOf(raised, [seen('b', { splitPercent: 30 }), candidateAt(60)])?.uncovered).toBe(true);
    expect(driftOf(raised, [seen('b', { fingerprint: foreign }), candidateAt(60)])?.kind).toBe('baselineContent');
    expect(driftOf(raised, [off, candidateAt(100)])?.kind).toBe('enabled');
  });

  test('the end of a promotion is our own as well', () => {
    const retiring: Expected = { ...expected, splitPercent: 100, written: { splitPercent: 100, stage: 'alone' } };
    expect(driftOf(retiring, at(100))).toBeNull();
    expect(driftOf(retiring, [off, candidateAt(100)])).toBeNull();
    expect(driftOf(retiring, [off, candidateAt(60)])?.kind).toBe('enabled');
  });

  test('of other conversations than before, it is of those', () => {
    const of = { queues: ['q'] };
    const some: Expected = { ...expected, written: { splitPercent: 60, of, stage: 'both' } };
    expect(driftOf(some, at(60))?.kind).toBe('split');
    expect(
      driftOf(
        some,
        at(60).map((version) => ({ ...version, of })),
      ),
    ).toBeNull();
  });

  test('where it moves part by part, it may have come to any of them, and no further', () => {
    const moved: Expected = { ...raised, shares: [0, 20, 40, 60, 80, 100] };
    expect([20, 40, 60].map((percent) => driftOf(moved, at(percent)))).toEqual([null, null, null]);
    expect([0, 50, 80].map((percent) => driftOf(moved, at(percent))?.kind)).toEqual(['split', 'split', 'split']);
  });
});

test('what is known hides nothing behind it', () => {
  const versions = [
    seen('b', { fingerprint: foreign, splitPercent: 0 }),
    seen('c', { splitPercent: 100 }),
    seen('x', { version: '1.6.0', group: 'candidate', splitPercent: 10 }),
  ];
  const known: string[] = [];
  for (let drift = driftOf(expected, versions); drift !== null; drift = driftOf(expected, versions, known))
    known.push(drift.key);
  expect(known.map((key) => key.split(' ')[0])).toEqual(['content', 'split', 'rival']);
});

test('a rival is accepted as it was shown, and not whatever it becomes', () => {
  const other = seen('x', { version: '1.6.0', group: 'candidate', splitPercent: 2 });
  const shown = driftOf(expected, [seen('b'), seen('c'), other]);
  const accepting = { ...expected, acceptedRivals: shown?.rivals ?? [] };
  expect(driftOf(accepting, [seen('b'), seen('c'), other])).toBeNull();
  expect(driftOf(accepting, [seen('b'), seen('c'), { ...other, splitPercent: 100 }])?.kind).toBe('rival');
});

test('a rival that a person accepted, and one that serves nobody, are no drift', () => {
  const other = seen('x', { version: '1.6.0', group: 'candidate', splitPercent: 10 });
  expect(driftOf({ ...expected, acceptedRivals: ['x candidate 10'] }, [seen('b'), seen('c'), other])).toBeNull();
  expect(driftOf(expected, [seen('b'), seen('c'), { ...other, enabled: false }])).toBeNull();
});

test('promoted, the version stands alone: the baseline may change or go, but not come back', () => {
  const alone: Expected = { ...expected, splitPercent: 100, stage: 'alone' };
  const promoted = seen('c', { group: 'control', splitPercent: 100 });
  const off = seen('b', { enabled: false, splitPercent: 0, fingerprint: foreign });
  expect(driftOf(alone, [promoted, off])).toBeNull();
  expect(driftOf(alone, [promoted])).toBeNull();
  expect(driftOf(alone, [promoted, { ...off, enabled: true }])?.kind).toBe('enabled');
  expect(driftOf(alone, [{ ...promoted, splitPercent: 60 }, off])?.kind).toBe('split');
});

test('the same drift has the same key; another change of the same kind has another', () => {
  const at = (html: string): string | undefined =>
    driftOf(expected, [seen('b'), seen('c', { fingerprint: { ...foreign, html } })])?.key;
  expect(at('one')).toBe(at('one'));
  expect(at('one')).not.toBe(at('two'));
});

test('what another hand gave to none of both is told, whatever split is shown, until a person has accepted it', () => {
  const astray = { message: 'A third assistant was given queue 7.', rivals: ['7 to third'] };
  const shown = [seen('b'), seen('c', { astray })];
  const drift = driftOf(expected, shown);
  expect(drift).toMatchObject({ kind: 'rival', ...astray });
  expect(driftOf(expected, shown, [drift?.key ?? ''])).toBeNull();
  expect(driftOf({ ...expected, acceptedRivals: astray.rivals }, shown)).toBeNull();
  expect(driftOf({ ...expected, splitPercent: null }, shown)).toMatchObject({ kind: 'rival' });
  // Where everybody shall have it, it is no trouble that everybody has.
  const all = [
    seen('b', { splitPercent: 0 }),
    seen('c', { splitPercent: 100, astray: { ...astray, allHaveIt: true } }),
  ];
  expect(driftOf({ ...expected, splitPercent: 100 }, all)).toBeNull();
  expect(driftOf({ ...expected, splitPercent: null }, all)).toMatchObject({ kind: 'rival', isStray: true });
  const alone = { ...expected, splitPercent: 100, stage: 'alone' as const };
  expect(driftOf(alone, [seen('c', { group: 'control', splitPercent: 100, astray })])).toBeNull();
});
