import { parseWavesInput, wavesProblems } from '../../../src/domain/waves/input.ts';
import { wavesLines, wavesReasons } from '../../../src/domain/waves/lines.ts';
import type { WavesPlan } from '../../../src/domain/waves/plan.ts';
import type { WavesEvent, WavesStatus } from '../../../src/domain/waves/state.ts';
import { applyWaves, initialWaves, isUnheard, membersOf, refusedWavesAct } from '../../../src/domain/waves/state.ts';
import { quickPlan } from '../../helpers/rollout-harness.ts';

function plan(...waves: readonly (readonly string[])[]): WavesPlan {
  const { action, ...rest } = quickPlan();
  return {
    name: 'refund',
    waves: waves.map((actions, at) => ({
      name: `wave ${at + 1}`,
      members: actions.map((name) => ({ plan: { ...rest, action: { ...action, name } } })),
    })),
    maxParallel: 2,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
  };
}

function after(given: WavesPlan, ...events: readonly WavesEvent[]): WavesStatus {
  return events.reduce(applyWaves, initialWaves(given));
}

const started = (member: string): WavesEvent => ({ kind: 'memberStarted', member, runId: `run of ${member}` });
const ended = (member: string, state: 'promoted' | 'rolledBack', reason = 'why'): WavesEvent => ({
  kind: 'memberEnded',
  member,
  state,
  reason,
});
const states = (status: WavesStatus): string[] => membersOf(status).map(({ action, state }) => `${action} ${state}`);

test('the first roll back stops the waves: what waits is never started, the rest stays', () => {
  const status = after(
    plan(['a'], ['b', 'c'], ['d']),
    started('a'),
    ended('a', 'promoted'),
    started('b'),
    started('c'),
    ended('b', 'rolledBack', 'harm'),
  );
  expect(states(status)).toEqual(['a promoted', 'b rolledBack', 'c running', 'd skipped']);
  expect(status.stopped).toBe('b 1.5.0 was rolled back: harm');
  expect(
    after(plan(['a'], ['b']), started('a'), ended('a', 'rolledBack', 'x'), ended('a', 'rolledBack', 'y')).stopped,
  ).toContain('x');
});

test('a member that is taken back in its long watch is undone, and one that goes back by itself then stops the waves', () => {
  const promoted = after(plan(['a'], ['b']), started('a'), { kind: 'memberPromoted', member: 'a', reason: '' });
  expect(membersOf(promoted)[0]).toMatchObject({ state: 'promoted', open: true });
  expect(states(applyWaves(promoted, ended('a', 'rolledBack')))).toEqual(['a rolledBack', 'b skipped']);
  const undoing = applyWaves(promoted, { kind: 'undoBegun', member: 'a' });
  expect(states(applyWaves(undoing, ended('a', 'rolledBack')))).toEqual(['a undone', 'b waiting']);
});

test('acts: paused waves can be resumed, also when they have stopped, others that have stopped only aborted, ended ones nothing', () => {
  const fresh = after(plan(['a'], ['b']));
  const paused = applyWaves(fresh, { kind: 'acted', act: 'pause', by: 'ana', reason: 'lunch' });
  expect([refusedWavesAct(paused, 'resume'), refusedWavesAct(paused, 'abort')]).toEqual([null, null]);
  expect(refusedWavesAct(paused, 'pause')).toBe(
    'Cannot pause waves that are running (paused). Possible now: resume, abort.',
  );
  const stopped = applyWaves(applyWaves(fresh, started('a')), ended('a', 'rolledBack'));
  expect(refusedWavesAct(stopped, 'resume')).toContain('Possible now: abort.');
  const both = applyWaves(
    applyWaves(applyWaves(fresh, started('a')), { kind: 'acted', act: 'pause', by: 'ana', reason: 'x' }),
    ended('a', 'rolledBack'),
  );
  expect([both.phase, refusedWavesAct(both, 'resume'), refusedWavesAct(both, 'abort')]).toEqual([
    'stopping',
    null,
    null,
  ]);
  const over = applyWaves(stopped, { kind: 'ended', outcome: 'stopped', reason: '' });
  expect(refusedWavesAct(over, 'abort')).toContain('Nothing can be done any more.');
});

test('the tree: one line a member, with what its rollout is at', () => {
  const status = after(
    plan(['a'], ['b', 'c']),
    started('a'),
    ended('a', 'promoted'),
    { kind: 'waveBegun', wave: 1 },
    started('b'),
  );
  expect(wavesLines(status, new Map([['b', 'baking, 25 %']]))).toEqual([
    'refund: running, wave 2 of 2 (wave 2), 1 of 3 done',
    '├─ wave 1',
    '│  └─ a 1.5.0  promoted',
    '└─ wave 2',
    '   ├─ b 1.5.0  baking, 25 %',
    '   └─ c 1.5.0  waiting',
  ]);
});

test('a reason that the tree cuts is said in full below it, unless that is what stopped the waves', () => {
  const refused =
    'undo by ana (the waves refund stopped) was refused: v1.5.0 of a does not serve any more: v1.6.0 does.';
  const status = after(
    plan(['a', 'b', 'c']),
    started('a'),
    ended('a', 'promoted'),
    started('b'),
    ended('b', 'rolledBack', 'harm: acceptanceRate 12.1 % vs 41.6 %, which is worse than the margin'),
    started('c'),
    ended('c', 'rolledBack', 'short'),
    { kind: 'undoBegun', member: 'a' },
    { kind: 'undoEnded', member: 'a', ok: false, reason: refused },
  );
  expect(wavesLines(status)[2]).toContain(': undo by ana (the waves refund stopped) w…');
  expect(wavesReasons(status)).toEqual([`a 1.5.0: ${refused}`]);
});

test('waves whose run was ended from outside are not called running', () => {
  const lines = wavesLines(after(plan(['a'], ['b']), started('a')), new Map([['a', 'baking, 25 %']]), 'terminated');
  expect(lines[0]).toBe('refund: terminated, wave 1 of 2 (wave 1), 0 of 2 done');
  expect(lines.at(-1)).toContain('Rollouts that run go on by themselves; start waves of what is left.');
});

test('an action stands in the waves once, and a wave has a name of its own', () => {
  expect(wavesProblems(plan(['a'], ['a'])).map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'waves.1.members.0.action: "a" stands in these waves twice; one action has one rollout at a time.',
  ]);
  const same = plan(['a'], ['b']);
  expect(wavesProblems({ waves: same.waves.map((wave) => ({ ...wave, name: 'x' })) })[0]?.path).toBe('waves.1.name');
});

test('whoever sends them: waves are parsed where they run', () => {
  const good = { waves: plan(['a'], ['b']), startedBy: 'ana', reason: 'why' };
  expect(parseWavesInput(good)).toMatchObject({ ok: true, input: { startedBy: 'ana', waves: { name: 'refund' } } });
  const problemsOf = (value: unknown): string[] => {
    const parsed = parseWavesInput(value);
    return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
  };
  expect(problemsOf(null)).toEqual(['']);
  expect(problemsOf({ ...good, startedBy: 'engine' })).toEqual(['startedBy']);
  expect(problemsOf({ ...good, more: 1 })).toEqual(['more']);
  expect(problemsOf({ ...good, waves: { ...good.waves, maxParallel: 0 } })).toEqual(['waves.maxParallel']);
  expect(problemsOf({ ...good, waves: plan(['a'], ['a']) })).toEqual(['waves.1.members.0.action']);
  const broken = {
    ...good.waves,
    waves: [{ name: 'x', members: [{ ...good.waves.waves[0]?.members[0], steps: [] }] }],
  };
  expect(problemsOf({ ...good, waves: broken })[0]).toMatch(/^waves\.waves\.0\.members\.0\.steps/);
});

test('a member elsewhere has a name of its own; one that is not heard is said, and holds what comes next', () => {
  const [wave] = plan(['a']).waves;
  const [member] = wave?.members ?? [];
  if (wave === undefined || member === undefined) throw new Error('no member');
  const given = { ...plan(['a']), waves: [{ ...wave, members: [member, { ...member, organisation: 'eu' }] }] };
  expect(wavesProblems(given)).toEqual([]);
  const away = after(
    given,
    started('a'),
    started('eu: a'),
    { kind: 'memberPromoted', member: 'eu: a', reason: '' },
    { kind: 'memberUnheard', member: 'eu: a', sinceMs: Date.parse('2026-03-01T12:00:00Z'), why: 'no route' },
  );
  expect([isUnheard(away), ...states(away)]).toEqual([true, 'a running', 'a promoted']);
  expect(wavesLines(away, new Map([['a', 'baking, 25 %']])).slice(2)).toEqual([
    '   ├─ a 1.5.0  baking, 25 %',
    '   └─ eu: a 1.5.0  promoted, eu has not answered since 2026-03-01T12:00:00Z',
  ]);
  expect(isUnheard(applyWaves(away, { kind: 'memberHeard', member: 'eu: a' }))).toBe(false);
  expect(isUnheard(applyWaves(away, ended('eu: a', 'promoted')))).toBe(false);
});
