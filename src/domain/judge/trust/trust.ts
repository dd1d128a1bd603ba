import type { Guardrail } from '../../plan/plan.ts';
import type { AcceptedDistrustKind, Arm, Distrust } from '../types.ts';
import { startAnew } from './accepted.ts';
import { noJump } from './jump.ts';
import { hasLost } from './lost-outcomes.ts';
import type { LostOutcomes } from './lost-outcomes.ts';
import { isLate } from './late-outcomes.ts';
import type { LateOutcomes } from './late-outcomes.ts';
import { isRatioBroken, startSampleRatio } from './sample-ratio.ts';
import type { SampleRatio } from './sample-ratio.ts';

/** What the data say of themselves. */
export interface Suspicion {
  readonly guardrails: readonly Guardrail[];
  readonly sampleRatio: SampleRatio;
  readonly lost: LostOutcomes;
  readonly late: LateOutcomes;
}

type Tests = Pick<Suspicion, 'sampleRatio' | 'lost' | 'late'>;

/** After a person has let these kinds pass: each is asked about what comes from now on. */
export function acceptDistrust({ sampleRatio, lost, late }: Tests, accepted: readonly AcceptedDistrustKind[]): Tests {
  const atMsOf = (kind: Distrust['kind']): number | null => accepted.find((one) => one.kind === kind)?.atMs ?? null;
  const anew = <Test extends Parameters<typeof startAnew>[0]>(
    kind: Distrust['kind'],
    test: Test,
    fresh: Test,
  ): Test => {
    const atMs = atMsOf(kind);
    return atMs === null ? test : startAnew(test, fresh, atMs);
  };
  return {
    sampleRatio: anew('sampleRatio', sampleRatio, startSampleRatio()),
    lost: {
      ...lost,
      candidate: anew('lostByCandidate', lost.candidate, noJump),
      baseline: anew('lostByBaseline', lost.baseline, noJump),
    },
    late: {
      ...late,
      candidate: anew('lateForCandidate', late.candidate, noJump),
      baseline: anew('lateForBaseline', late.baseline, noJump),
    },
  };
}

/** Can the data not be trusted? Once they cannot, they never can again, unless a person accepts it. */
export function isDistrusted(suspicion: Suspicion): boolean {
  return distrustOf(suspicion).length > 0;
}

/** Each kind of distrust that was proven, with its evidence, which may still grow. */
export function distrustOf({ guardrails, sampleRatio, lost, late }: Suspicion): readonly Distrust[] {
  return [
    ...(isRatioBroken(sampleRatio) ? [{ kind: 'sampleRatio' as const, logEvidence: sampleRatio.peak }] : []),
    ...armsLosing(lost, guardrails).map((arm) => ({ kind: LOST_BY[arm], logEvidence: lost[arm].peak })),
    ...ARMS.filter((arm) => isLate(late[arm])).map((arm) => ({ kind: LATE_FOR[arm], logEvidence: late[arm].peak })),
  ];
}

const ARMS = ['candidate', 'baseline'] as const;
export const LATE_FOR = { candidate: 'lateForCandidate', baseline: 'lateForBaseline' } as const;
export const LOST_BY = { candidate: 'lostByCandidate', baseline: 'lostByBaseline' } as const;

/**
 * The arms whose events are being lost. A jump in the candidate alone is harm where undelivered cards are guarded
 * against.
 */
function armsLosing(lost: LostOutcomes, guardrails: readonly Guardrail[]): readonly Arm[] {
  const guarded = guardrails.some(({ metric, mode }) => metric === 'undeliveredRate' && mode === 'enforce');
  const [baseline, candidate] = [hasLost(lost.baseline), hasLost(lost.candidate)];
  if (!baseline && (!candidate || guarded)) return [];
  return [...(candidate ? (['candidate'] as const) : []), ...(baseline ? (['baseline'] as const) : [])];
}
