import type { JudgeReport } from '../../../src/domain/judge/types.ts';
import { chooseUndo } from '../../../src/domain/registry/choose-undo.ts';
import type { UndoAsked } from '../../../src/domain/registry/choose-undo.ts';
import type { ProvenFrom } from '../../../src/domain/registry/proven.ts';
import { provenVersions, servedInTurn } from '../../../src/domain/registry/proven.ts';
import type { VersionRef } from '../../../src/domain/rollout/deployment.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');

function ref(version: string | null): VersionRef | null {
  return version === null ? null : { id: `id-${version}`, version, fingerprint: { html: version } };
}

/** Ended so many days ago, from one version to the next. */
function ended(
  outcome: string | null,
  [before, after]: readonly [string | null, string | null],
  days: number,
  more: Partial<ProvenFrom> = {},
): ProvenFrom {
  const report: JudgeReport = { verdict: 'safe', reason: '', guardrails: [], n: { baseline: 30, candidate: 20 } };
  return {
    rolloutId: `r-${days}`,
    version: after ?? before ?? '',
    outcome,
    endedAt: new Date(NOW - days * DAY).toISOString(),
    report,
    safety: null,
    deployment: { target: 'agentAssistActions', actionName: 'A', baseline: ref(before), candidate: ref(after) },
    undo: null,
    ...more,
  };
}

const asked: UndoAsked = { action: 'A', to: undefined, nowMs: NOW, windowMs: 30 * DAY };
const undone = (from: string | null, to: string | null, days: number): ProvenFrom =>
  ended('undone', [to, from], days, {
    undo: { to, proof: { how: 'promoted', rolloutId: 'r', at: '', cards: 0 } },
  });

function choice(entries: readonly ProvenFrom[], more: Pick<Partial<UndoAsked>, 'to' | 'from'> = {}) {
  const chosen = chooseUndo(entries, { ...asked, ...more });
  return chosen.ok ? chosen.chosen.version : chosen.why;
}

test('the version that served before is gone back to, with the proof of its promotion or of having been the baseline', () => {
  const entries = [ended('promoted', ['2', '3'], 1), ended('promoted', ['1', '2'], 5)];
  expect(choice(entries)).toBe('2');
  expect(
    provenVersions(entries).map(({ version, proof }) => [version, proof.how, proof.rolloutId, proof.cards]),
  ).toEqual([
    ['3', 'promoted', 'r-1', 20],
    ['2', 'baseline', 'r-1', 30],
    ['1', 'baseline', 'r-5', 30],
  ]);
});

test('who means one version takes back no other: neither what another hand promoted since, nor what served before', () => {
  const promoted = [ended('promoted', ['2', '3'], 1), ended('promoted', ['1', '2'], 5)];
  expect(choice(promoted, { from: '3' })).toBe('2');
  expect(choice(promoted, { from: '2' })).toBe('v2 of A does not serve any more: v3 does, and is left as it is.');
  const back = [undone('3', '2', 0), ...promoted];
  expect(choice(back, { from: '3' })).toBe('v3 of A does not serve any more: v2 does, and is left as it is.');
  expect(choice(back, { from: '3', to: '1' })).toContain('v3 of A does not serve any more');
});

test('who undoes once more goes on from there, and never back to what was undone', () => {
  const entries = [undone('3', '2', 0), ended('promoted', ['2', '3'], 1), ended('promoted', ['1', '2'], 5)];
  expect(servedInTurn(entries)).toEqual(['1', '2']);
  expect(choice(entries)).toBe('1');
  expect(choice(entries, { to: '3' })).toBe('3');
  expect(choice(entries, { to: '2' })).toContain('serves already');
});

test('what a person promoted without proof is passed over, and so is what was proven too long ago', () => {
  const undecided = (entry: ProvenFrom): ProvenFrom => ({
    ...entry,
    report: entry.report && { ...entry.report, verdict: 'undecided' },
  });
  const byPerson = [undecided(ended('promoted', ['1', '2'], 3))];
  expect(choice([undone('2', '1', 2), ...byPerson], { to: '2' })).toContain('was never proven');
  const old = [ended('promoted', ['1', '2'], 31)];
  expect(choice(old)).toContain('no version served that was proven within 30 d');
  expect(choice(old, { to: '1' })).toContain('longer ago than 30 d');
  expect(choice(old, { to: '9' })).toContain('v9 of A was never proven');
});

test('what was undone is gone back to by name alone, which is said', () => {
  const entries = [undone('1', '2', 0), undone('2', '1', 0), ended('promoted', ['1', '2'], 1)];
  expect(choice(entries)).toBe(
    'An undo goes back by itself only to what served before v2 of A and was not undone, and nothing of that was ' +
      'proven within 30 d. Proven: v1 (2026-11-27). To go back to it, name it: `--to 1`.',
  );
  const none = [undone(null, '1', 0), undone('1', null, 0), ended('promoted', [null, '1'], 1)];
  expect(choice(none)).toContain('Proven: no card (2026-11-27). To go back to it, name it: `--to none`.');
  expect(choice(entries, { to: '1' })).toBe('1');
});

test('that no card is shown was never proven: this is said so', () => {
  const entries = [ended('promoted', ['1', '2'], 1)];
  expect(choice(entries, { to: 'none' })).toBe('A without a card was never proven. Proven: v1 (2026-11-27).');
  expect(choice([], { to: 'none' })).toContain('nothing to undo, and A without a card was never proven. Start');
});

test('a first version is undone to no card, and a retirement to the card', () => {
  expect(choice([ended('promoted', [null, '1'], 1)])).toBeNull();
  expect(choice([ended('promoted', [null, '1'], 1)], { to: 'none' })).toBeNull();
  expect(choice([ended('retired', ['1', null], 1)])).toBe('1');
});

test('rollouts that were rolled back, rejected or lost change nothing of what served', () => {
  const entries = [
    ended('rolledBack', ['2', '3'], 0),
    ended(null, ['2', '4'], 0),
    ended('rejected', ['2', '5'], 0),
    ended('promoted', ['1', '2'], 1),
  ];
  expect(choice(entries)).toBe('1');
  expect(choice([ended('rolledBack', ['2', '3'], 0)])).toContain('nothing to undo');
  expect(choice([])).toContain('nothing to undo');
  expect(choice([], { to: '9.9.9' })).toContain('nothing to undo, and v9.9.9 was never proven. Start the plan');
});
