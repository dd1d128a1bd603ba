import { createPaint, wantsColor } from '../../src/cli/view/paint.ts';
import { progressLine } from '../../src/cli/view/progress-line.ts';
import { rolloutLines } from '../../src/cli/view/rollout-view.ts';
import { table } from '../../src/cli/view/table.ts';
import { percent } from '../../src/cli/view/units.ts';
import type { WatchProgress } from '../../src/workflows/messages.ts';
import { detailsMarkdown } from '../../src/domain/rollout/details.ts';
import { report, rolledBack, viewOf } from './fixtures.ts';

const plain = { paint: createPaint(false), now: Date.parse('2026-03-01T12:01:05.000Z') };
const progress: WatchProgress = {
  cursor: 7,
  splitPercent: 10,
  lastCandidateCardAt: null,
  lastBaselineCardAt: null,
  observedSplitPercent: 10.234,
  verdict: 'harm',
  report,
};

test('until its first card comes a rollout says once that it waits for it', () => {
  const n = { candidate: 0, baseline: 0 };
  const none = {
    ...report,
    verdict: 'noData' as const,
    n,
    guardrails: report.guardrails.map((row) => ({ ...row, n, verdict: 'noData' as const })),
  };
  const text = rolloutLines(viewOf({ report: none }), plain).join('\n');
  expect(text).toContain('judge: waiting for the first cards');
  expect(text).not.toContain('noData');
});

test('a running rollout: steps, split asked and observed, both arms with units and n, each guardrail, what a person can do', () => {
  expect(rolloutLines(viewOf({}, { progress }), plain)).toEqual([
    'RefundAssist 1.5.0 → 1.6.0  baking  1 m 05 s',
    'http://ui/run-1',
    '',
    '✔ 1. setSplit 10 %',
    '▶ 2. bake 4 s',
    '',
    'split asked 10 %, observed 10.2 %',
    'judge: harm on 310 candidate and 1200 baseline cards, of the whole rollout',
    'guardrail                      state      candidate  baseline   limit         n    harm  safe',
    'acceptanceRate                 harm          26.0 %    40.0 %  32.0 %  310/1200  1:8100   1:1',
    'deliveryLatency p95 (observe)  undecided     872 ms    498 ms  698 ms  310/1200  1:8100   1:1',
    '● acceptanceRate harm: candidate 26.0 % vs baseline 40.0 % (35 % lower), limit 32.0 % (20 % lower), n 310 / 1200 cards.',
    '● deliveryLatency p95 undecided. (observed only)',
    '',
    'waiting for: 4 s to pass',
    'you can: pause, abort',
  ]);
});

test('every wait shows its end and what comes then, and that nobody watches is said', () => {
  const deadline = { at: '2026-03-01T13:01:05.000Z', what: 'approval', action: 'roll back' };
  const lines = rolloutLines(viewOf({ deadline, blindSince: '2026-03-01T12:00:05.000Z' }), plain);
  expect(lines).toContain('time left: 1 h for approval, then: roll back');
  expect(lines).toContain('! nobody watches: no judge that can act has looked for 1 m');
});

test('of an ended rollout the report is shown that its end was decided on, not a later one', () => {
  const decided = { ...report, n: { candidate: 5, baseline: 6 } };
  const lines = rolloutLines(viewOf({ ...rolledBack, report: decided }, { progress }), plain);
  expect(lines).toContain('judge: harm on 5 candidate and 6 baseline cards, of the whole rollout');
  expect(lines.join('\n')).not.toContain('observed 10.2 %');
});

test('of a hook that is asked, how often it was and what it last said', () => {
  const status = { phase: 'awaitingHook', waitingFor: 'gate.example.com to confirm 50 %' } as const;
  const lines = rolloutLines(viewOf(status, { hook: { tries: 3, lastReply: 'wait: the board meets at 3' } }), plain);
  expect(lines).toContain('asked 3 times, last answer: wait: the board meets at 3');
});

test('before the first card nothing is made up', () => {
  const lines = rolloutLines(viewOf(), plain);
  expect(lines).toContain('no cards judged yet');
  expect(lines).toContain('split asked 10 %');
});

test('an ended rollout shows its own length, and an unproven end says so', () => {
  const [headline] = rolloutLines(viewOf(rolledBack), plain);
  expect(headline).toBe('RefundAssist 1.5.0 → 1.6.0  rolledBack  9 s');
  expect(rolloutLines(viewOf({ ...rolledBack, safety: null }), plain).join('\n')).toContain(
    'NOT proven by a read-back',
  );
});

test('one line holds split, cards and both arms of every guardrail', () => {
  expect(progressLine(viewOf({ paused: true }, { progress }))).toBe(
    'RefundAssist 1.6.0 baking (paused) · step 2/2 bake 4 s · split 10 % (observed 10.2 %) · cards 310/1200' +
      ' · acceptanceRate 26.0 % vs 40.0 % harm · deliveryLatency p95 (observe) 872 ms vs 498 ms undecided',
  );
});

test('whom a split is for stands in the line, in the status and in the details, within a terminal', () => {
  const splitOf = { name: 'Night team', teams: ['t'] };
  const overall = { ...progress, observedOverallPercent: 1.2 };
  const view = viewOf({ splitOf, steps: [] }, { progress: overall });
  expect(progressLine(view)).toContain(' · split 10 % of Night team (pilot) (observed 10.2 %) · ');
  const line = rolloutLines(view, plain).find((text) => text.startsWith('split asked'));
  expect(line).toMatch(/^split asked 10 % of Night team \(pilot\), observed 10.2 % there, 1.2 % of all/);
  expect(detailsMarkdown({ ...view.status, title: 'a', phase: 'baking' })).toContain(
    'candidate split 10 % of Night team (pilot)',
  );
});

test('an organisation that does not answer stands beside the split', () => {
  const unseen = 'the organisation was last seen at 2026-01-05T10:00:00.000Z, so what another hand does is not noticed';
  const lines = rolloutLines(viewOf({}, { progress: { ...progress, unseen } }), plain).join(' ');
  expect(lines.replaceAll(/\s+/g, ' ')).toMatch(/observed 10\.2 %, the organisation was last seen .* is not noticed/);
});

test.each([
  [12.5, '12.5 %'],
  [50, '50 %'],
  [0, '0 %'],
  [null, '–'],
])('%s per cent reads %s', (value, text) => {
  expect(percent(value)).toBe(text);
});

test('wide characters do not move columns', () => {
  const lines = table(
    [{ title: 'name' }, { title: 'n', right: true }],
    [
      ['返金', '1'],
      ['👍🏽 ok', '10'],
      ['refund', '2'],
    ],
  );
  expect(lines).toEqual(['name     n', '返金     1', '👍🏽 ok   10', 'refund   2']);
});

test('colour codes do not move columns', () => {
  const [, plainRow, paintedRow] = table(
    [{ title: 'a' }, { title: 'b' }],
    [
      ['xx', '1'],
      [createPaint(true)('bad', 'xx'), '1'],
    ],
  );
  expect(paintedRow).toBe(plainRow?.replace('xx', createPaint(true)('bad', 'xx')));
});

test('colours need a terminal and no NO_COLOR', () => {
  expect(wantsColor({}, true)).toBe(true);
  expect(wantsColor({}, false)).toBe(false);
  expect(wantsColor({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColor({ NO_COLOR: '' }, true)).toBe(true);
  expect(wantsColor({ TERM: 'dumb' }, true)).toBe(false);
});

test('what fails and is tried again stands in the view, with its attempt, the failure and the next try', () => {
  const troubles = [
    {
      activity: 'rollBack',
      attempt: 7,
      failure: 'the connection failed (ECONNREFUSED)',
      nextTryAt: '2026-03-01T12:01:15.000Z',
    },
  ];
  expect(rolloutLines(viewOf({ phase: 'needsAttention' }, { troubles }), plain)).toContain(
    '! rollBack failed (attempt 7, tried again in 10 s): the connection failed (ECONNREFUSED)',
  );
});

test('what is paused in Temporal is not called tried again', () => {
  const paused = { activity: 'rollBack', attempt: 7, failure: '', nextTryAt: null, isPaused: true as const };
  const lines = rolloutLines(viewOf({ phase: 'needsAttention' }, { troubles: [paused] }), plain);
  expect(lines).toContain('! rollBack is paused in Temporal, and not tried until it is unpaused there (attempt 7)');
});

test('an arm that has been silent for long is named with the time since its last card', () => {
  const silent = {
    ...progress,
    lastCandidateCardAt: '2026-03-01T12:00:25.000Z',
    lastBaselineCardAt: '2026-03-01T12:01:04.000Z',
  };
  expect(rolloutLines(viewOf({}, { progress: silent }), plain)).toContain(
    'split asked 10 %, observed 10.2 %, newest candidate card heard of 40 s old',
  );
});

test('an undo is headed the way that it goes, without a place for steps that it has not', () => {
  const undone = { ...rolledBack, version: '1.5.0', baselineVersion: '1.4.0', steps: [], deployment: null };
  const lines = rolloutLines(viewOf({ ...undone, phase: 'undone', outcome: 'undone' }), plain);
  expect(lines[0]).toMatch(/^RefundAssist 1\.5\.0 → 1\.4\.0 {2}undone/);
  expect(lines.slice(1, 4)).toEqual(['http://ui/run-1', '', expect.stringMatching(/^split asked/)]);
});

test('a header names the target as soon as one is deployed to', () => {
  const deployment = { target: 'assistPanel', baseline: { version: '1.5.0' }, candidate: { version: '1.6.0' } };
  const [headline] = rolloutLines(viewOf({ deployment } as never), plain);
  expect(headline).toBe('RefundAssist 1.5.0 → 1.6.0  on assistPanel  baking  1 m 05 s');
});

test('what waits for an approval shows no bar of a bake that is over, and what is held says what to do', () => {
  const bake = { startedAt: '2026-03-01T12:00:00.000Z', forMs: 4_000, minCards: 10 };
  const watched = { progress: { ...progress, bake } } as never;
  const waits = rolloutLines(viewOf({ phase: 'awaitingApproval', canDo: ['approve', 'abort'] }, watched), plain);
  expect(waits.join('\n')).not.toContain('of its least time');
  expect(waits).toContain(
    'what to do: approve, if you may. In doubt abort: the version that served before is put back, and that is proven.',
  );
  const held = rolloutLines(viewOf({ phase: 'held', canDo: ['advance', 'abort'] }), plain);
  expect(held).toContain(
    'what to do: read the figures: advance goes on without the proof. In doubt abort: the version that served before is put back, and that is proven.',
  );
  expect(rolloutLines(viewOf(), plain).join('\n')).not.toContain('what to do');
});

test('why a guardrail stops it stays on a small terminal, before what came to pass lately', () => {
  const log = Array.from({ length: 12 }, (_, at) => ({
    at: '2026-03-01T12:00:00.000Z',
    actor: 'engine',
    act: `act-${at}`,
    reason: 'because',
  }));
  const steps = Array.from({ length: 8 }, (_, index) => ({ index, label: `bake ${index}`, state: 'done' as const }));
  const lines = rolloutLines(viewOf({ log, steps }, { progress }), { ...plain, columns: 80, rows: 26 });
  expect(lines.length).toBeLessThanOrEqual(26);
  expect(lines.join('\n')).toContain('acceptanceRate harm: candidate');
  expect(lines.join('\n')).toContain('act-11');
});
