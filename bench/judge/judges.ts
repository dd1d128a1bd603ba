/** The judges of the benchmark by name: ours, and the peers' rules. */
import { createStreamJudge } from '../../src/domain/judge/stream.ts';
import { argo, fixedLimits, flagger } from './peers/fixed-limits.ts';
import { growthbook } from './peers/growthbook.ts';
import { kayenta } from './peers/kayenta.ts';
import { zTest } from './peers/z-test.ts';
import type { Answer, BenchJudge } from './protocol.ts';

export const OURS = 'ours';

export const judges: Readonly<Record<string, () => BenchJudge>> = {
  [OURS]: ours,
  'growthbook-agent/3': () => growthbook('agent'),
  'growthbook-event/3': () => growthbook('event'),
  'threshold-agent/3': () => growthbook('agent', 'tolerance'),
  'threshold-event/3': () => growthbook('event', 'tolerance'),
  'kayenta-1m': kayenta,
  'argo-5m': () => fixedLimits(argo),
  'flagger-1m': () => fixedLimits(flagger),
  'z-every-look': zTest,
};

/** Ours, through the very lines that `assist-rollouts judge --stream` speaks. */
function ours(): BenchJudge {
  const judge = createStreamJudge();
  return {
    reset(config) {
      judge.line({ type: 'reset', config });
    },
    look(look): Answer {
      const { verdict, untrusted } = judge.line({ type: 'look', ...look }) as { verdict: Answer; untrusted?: boolean };
      return verdict === 'continue' && untrusted === true ? 'untrusted' : verdict;
    },
  };
}
