/**
 * The judge over a stream of lines: `reset` begins a step, each `look` brings what is new and is answered by a verdict.
 */
import { startJudge, takeLook } from './judge.ts';
import { reportOf } from './report/report.ts';
import { isSafeAtPlannedEnd, jointEvidence } from './decision/planned-end.ts';
import { fieldsOf, readConfig, readLook } from './stream-input.ts';
import type { StreamConfig, StreamLook } from './stream-input.ts';
import type { JudgeState } from './types.ts';
import type { Guardrail } from '../plan/plan.ts';

export interface StreamJudge {
  /** The answer to one line. A line that means nothing is answered by `error` and changes nothing. */
  line(input: object): object;
}

interface Step {
  readonly config: StreamConfig;
  readonly state: JudgeState;
}

const LOOK_MS = 60_000;

export function createStreamJudge(): StreamJudge {
  let step: Step | null = null;
  return {
    line(input) {
      const fields = fieldsOf(input);
      if (fields['type'] === 'reset') {
        const config = readConfig(fields['config']);
        step = { config, state: startJudge(guardrailsOf(config)) };
        return { type: 'reset', alpha: config.alpha, horizon: config.horizon };
      }
      if (fields['type'] !== 'look')
        return streamError(`the line's type is ${JSON.stringify(fields['type'] ?? null)}`, 'Send "reset" or "look".');
      if (step === null) return streamError('a look came before any reset', 'Send a line of type "reset" first.');
      const look = readLook(fields, step.config.habits);
      step = { ...step, state: takeLook(step.state, toLook(look, step.config)) };
      return answer(step, look);
    },
  };
}

export function streamError(seen: string, remedy: string): object {
  return { verdict: 'continue', error: { code: 'judge-line', message: `Not judged: ${seen}. ${remedy}` } };
}

/** Each guardrail's part of the step's budget. */
const WEIGHTS = { accept: 0.33, dismiss: 0.28, latency: 0.36, undelivered: 0.03 } as const;

/** The lines name none. */
const UNDELIVERED_MARGIN = { kind: 'absolute', value: 0.02 } as const;

function guardrailsOf({ alpha, margin, tolerance }: StreamConfig): readonly Guardrail[] {
  const guard = (name: 'accept' | 'dismiss' | 'p95', weight: number): Pick<Guardrail, Sized> => ({
    margin: { kind: 'relative', value: margin[name] },
    ...(tolerance[name] !== undefined && { tolerance: tolerance[name] }),
    alpha: alpha * weight,
    mode: 'enforce',
  });
  return [
    { metric: 'acceptanceRate', worseWhen: 'lower', ...guard('accept', WEIGHTS.accept) },
    { metric: 'dismissalRate', worseWhen: 'higher', ...guard('dismiss', WEIGHTS.dismiss) },
    { metric: 'deliveryLatency', statistic: 'p95', worseWhen: 'higher', ...guard('p95', WEIGHTS.latency) },
    {
      metric: 'undeliveredRate',
      worseWhen: 'higher',
      margin: UNDELIVERED_MARGIN,
      alpha: alpha * WEIGHTS.undelivered,
      mode: 'enforce',
    },
  ];
}

type Sized = 'margin' | 'tolerance' | 'alpha' | 'mode';

function toLook(look: StreamLook, config: StreamConfig) {
  const share = look.share ?? config.share;
  return { atMs: look.t * LOOK_MS, splitPercent: share === null ? null : share * 100, cards: look.cards };
}

/** `promote` only at the planned end, since harm may begin late; `untrusted` data never prove anything. */
function answer({ state, config }: Step, look: StreamLook): object {
  const report = reportOf(state);
  const isProven = (): boolean =>
    report.verdict === 'safe' || (report.verdict === 'undecided' && isSafeAtPlannedEnd(state, config.alpha));
  return {
    verdict: report.verdict === 'harm' ? 'rollback' : look.final && isProven() ? 'promote' : 'continue',
    judged: report.verdict,
    untrusted: report.verdict === 'untrusted',
    reason: report.reason,
    evidence: jointEvidence(state),
    n: report.n,
    guardrails: report.guardrails,
  };
}
