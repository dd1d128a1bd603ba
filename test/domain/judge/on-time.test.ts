import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Card, GuardrailReport, Look } from '../../../src/domain/judge/types.ts';
import { rolloutLines } from '../../../src/cli/view/rollout-view.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, dismissal, p95 } from './helpers.ts';

interface World {
  /** Times the baseline's latency. */
  readonly slower: number;
  /** Candidate's acceptance of a card on time; the baseline's is 30 %. */
  readonly content: number;
  /** Acceptance falls by this factor beyond 900 ms. */
  readonly impatience: number;
  /** Share of the candidate's cards never rendered. */
  readonly lost?: number;
}

/** Looks of 80 and 80 cards, log-normal latency of median 300 ms. */
function looks(seed: number, count: number, { slower, content, impatience, lost = 0 }: World): readonly Look[] {
  const random = seededRandom(seed);
  const arm = (which: Card['arm'], factor: number, rate: number, missing: number): readonly Card[] =>
    Array.from({ length: 80 }, (_, i) => {
      const ms = 300 * factor * Math.exp(0.6 * random.normal());
      const [delivered, accepted] = [random.next() >= missing, random.next() < (ms > 900 ? rate * impatience : rate)];
      return {
        arm: which,
        outcomes: delivered && accepted ? ['accepted'] : [],
        latencyMs: delivered ? ms : null,
        agent: `a${i % 40}`,
        queue: 'q',
        firstOfConversation: true,
      };
    });
  return Array.from({ length: count }, (_, i) => ({
    atMs: i * 60_000,
    splitPercent: 50,
    cards: [...arm('baseline', 1, 0.3, 0), ...arm('candidate', slower, content, lost)],
  }));
}

function judged(shown: readonly Look[]): GuardrailReport {
  const [report] = reportOf(shown.reduce(takeLook, startJudge([acceptance, p95]))).guardrails;
  if (report === undefined) throw new Error('no report');
  return report;
}

test('cards that are late are taken worse: the delivery moved, first not knowing of the content, then clearing it', () => {
  const late = { slower: 4, content: 0.3, impatience: 0.1 };
  const early = judged(looks(1, 4, late));
  expect(early).toMatchObject({ verdict: 'harm', onTime: { verdict: 'undecided' } });
  expect(early.sentence).toMatch(
    /; the delivery moved: late or missing \d\d\.\d % vs \d\.\d %; whether the content did too cannot be told yet: among cards on time \d\d\.\d % vs \d\d\.\d %\.$/,
  );
  const clear = judged(looks(1, 60, late));
  expect(clear).toMatchObject({ verdict: 'harm', onTime: { verdict: 'safe' } });
  expect(clear.sentence).toContain('; the delivery moved, not the content: late or missing');
});

test('cards that are lost are delivery, too', () => {
  expect(judged(looks(2, 60, { slower: 1, content: 0.3, impatience: 1, lost: 0.5 })).sentence).toContain(
    'the delivery moved',
  );
});

test('worse on time as well: the content moved; both where both did', () => {
  const content = judged(looks(3, 12, { slower: 1, content: 0.12, impatience: 1 }));
  expect(content).toMatchObject({ verdict: 'harm', onTime: { verdict: 'harm' } });
  expect(content.sentence).toMatch(/; the content moved: among cards on time \d\d?\.\d % vs \d\d\.\d %\.$/);
  expect(content.onTime?.baselineValue).toBeGreaterThan(0.24);
  expect(content.onTime?.candidateValue).toBeLessThan(0.18);
  expect(content.onTime?.n.candidate).toBeLessThan(content.n.candidate);
  expect(judged(looks(4, 12, { slower: 3, content: 0.1, impatience: 0.5 })).sentence).toContain(
    '; the content moved, and the delivery: ',
  );
});

test('harm among few cards that were timed: it cannot be told yet, and says so', () => {
  const few: readonly Look[] = [
    {
      atMs: 1,
      splitPercent: 50,
      cards: looks(5, 3, { slower: 1, content: 0, impatience: 1 }).flatMap(({ cards }) => cards),
    },
  ];
  expect(judged(few).sentence).toMatch(/; whether delivery or content moved cannot be told yet\.$/);
});

test('it stops nothing: harm on time alone leaves the verdict, and other metrics have none of it', () => {
  // On-time cards are accepted less, which late ones (accepted always, in this world) make up for.
  const state = looks(6, 30, { slower: 2.2, content: 0.22, impatience: 3 }).reduce(
    takeLook,
    startJudge([acceptance, dismissal]),
  );
  const report = reportOf(state);
  expect(report.guardrails[0]?.onTime?.verdict).toBe('harm');
  expect(report.verdict).not.toBe('harm');
  expect(judged(looks(6, 5, { slower: 1, content: 0.3, impatience: 1 })).onTime).toBeDefined();
  expect(
    reportOf(looks(6, 5, { slower: 1, content: 0.3, impatience: 1 }).reduce(takeLook, startJudge([p95]))).guardrails[0],
  ).not.toHaveProperty('onTime');
});

test('where nothing differs it says harm in at most 5 % of 200 streams', () => {
  let harmed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    let state = startJudge([acceptance]);
    let said = false;
    for (const look of looks(seed, 12, { slower: 1, content: 0.3, impatience: 0.2 })) {
      state = takeLook(state, look);
      said ||= reportOf(state).guardrails[0]?.onTime?.verdict === 'harm';
    }
    harmed += said ? 1 : 0;
  }
  expect(harmed).toBeLessThanOrEqual(10);
});

test('status shows it below its guardrail', () => {
  const report = reportOf(
    looks(3, 12, { slower: 1, content: 0.12, impatience: 1 }).reduce(takeLook, startJudge([acceptance, p95])),
  );
  const status = {
    workflowId: 'w',
    rolloutId: 'r',
    action: 'A',
    version: '2',
    baselineVersion: '1',
    phase: 'baking' as const,
    outcome: null,
    paused: false,
    splitPercent: 50,
    steps: [],
    waitingFor: '',
    canDo: [],
    report,
    reason: '',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: null,
    deployment: null,
    safety: null,
  };
  const lines = rolloutLines(
    { status, lost: null, progress: null, troubles: [], url: null, running: true, workflowId: 'w', runId: 'r' },
    { paint: (_, text) => text, now: Date.parse(status.startedAt) },
  );
  const at = lines.findIndex((line) => line.startsWith('● acceptanceRate harm'));
  expect(lines[at + 1]).toMatch(
    /^ {2}among cards on time harm: candidate .* vs baseline .*, n \d+ \/ \d+ cards, evidence of harm (beyond )?1:\d+, of safety 1:\d/,
  );
  expect(lines[at + 2]).toMatch(/^● deliveryLatency/);
});
