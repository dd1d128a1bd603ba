import { startJudge, takeLook } from '../../src/domain/judge/judge.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import type { JudgeReport, JudgeState } from '../../src/domain/judge/types.ts';
import { baselineModel, demoGuardrails, demoLook, harmfulModel, LOOK_MS } from './demo-traffic.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';

export interface DemoRun {
  /** Candidate cards seen when the judge first said harm; null if it never did. */
  readonly harmAfterCards: number | null;
  /** Milliseconds at the second split until everything was safe; null if never. */
  readonly safeAfterMs: number | null;
  readonly last: JudgeReport;
  readonly stateBytes: number;
}

const FIRST_SPLIT = { percent: 10, untilMs: 10_000 } as const;
const SECOND_SPLIT = 50;

/** One rollout: 10 s at 10 %, then 50 %; ends at harm or at `untilMs`. */
export function runDemo(kind: 'healthy' | 'harmful', seed: number, untilMs: number): DemoRun {
  const random = seededRandom(seed);
  const model = kind === 'healthy' ? baselineModel : harmfulModel;
  let state = startJudge(demoGuardrails);
  let safeAfterMs: number | null = null;
  for (let atMs = LOOK_MS; atMs <= untilMs; atMs += LOOK_MS) {
    const split = atMs <= FIRST_SPLIT.untilMs ? FIRST_SPLIT.percent : SECOND_SPLIT;
    state = takeLook(state, demoLook(random, model, split, atMs));
    const report = reportOf(state);
    if (report.verdict === 'harm') return finish(state, report, report.n.candidate, safeAfterMs);
    if (report.verdict === 'safe' && split === SECOND_SPLIT) safeAfterMs ??= atMs - FIRST_SPLIT.untilMs;
  }
  return finish(state, reportOf(state), null, safeAfterMs);
}

function finish(
  state: JudgeState,
  last: JudgeReport,
  harmAfterCards: number | null,
  safeAfterMs: number | null,
): DemoRun {
  return { harmAfterCards, safeAfterMs, last, stateBytes: JSON.stringify(state).length };
}
