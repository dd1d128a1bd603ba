/**
 * What the judge carries from look to look: plain JSON, its size set by the guardrails, the agents (up to a bound) and
 * the latency grid, not by the cards.
 */
import type { AgentLedger } from './agent-ledger.ts';
import { emptyMemory } from './baseline-memory.ts';
import type { BaselineMemory } from './baseline-memory.ts';
import { bettingPlanOf } from './bets.ts';
import type { Block } from './block.ts';
import { emptyComparison } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import { designEffects } from './design-effect.ts';
import type { DesignEffects } from './design-effect.ts';
import { startEvidence } from './evidence.ts';
import type { GuardrailEvidence } from './evidence.ts';
import { ledgerFor } from './level-ledger.ts';
import { startLevels } from './level-track.ts';
import type { LevelTrack } from './level-track.ts';
import { noJointHarm } from './joint-harm.ts';
import type { Gathered, JointHarm } from './joint-harm.ts';
import { noLostOutcomes } from './lost-outcomes.ts';
import type { LostOutcomes } from './lost-outcomes.ts';
import { startOnTime } from './on-time.ts';
import type { OnTimeMemory } from './on-time.ts';
import type { StepEnd } from './planned-end.ts';
import { startSampleRatio } from './sample-ratio.ts';
import type { SampleRatio } from './sample-ratio.ts';
import type { Slice } from './slices.ts';
import type { Guardrail, Slices } from '../plan/plan.ts';
import type { ArmCounts, JudgeState } from './types.ts';

export interface JudgeMemory extends JudgeState {
  readonly guardrails: readonly Guardrail[];
  /** One per guardrail, in order. */
  readonly evidence: readonly GuardrailEvidence[];
  /** Cards not yet compared; null when there are none. */
  readonly pending: Block | null;
  readonly memory: BaselineMemory;
  readonly joint: JointHarm;
  readonly ledger: AgentLedger;
  /** Of the ledger. */
  readonly design: DesignEffects;
  readonly comparison: Comparison;
  readonly onTime: OnTimeMemory;
  readonly sampleRatio: SampleRatio;
  readonly lost: LostOutcomes;
  readonly cards: ArmCounts;
  /** Cards with a known latency. */
  readonly timed: ArmCounts;
  /** The plan's levels, in its order. */
  readonly levels: readonly LevelTrack[];
  /** Looks taken. */
  readonly looks: number;
  readonly plannedEnd: StepEnd | null;
  readonly slicing: Slices | null;
  readonly slices: readonly Slice[];
}

/** Another one whenever a state of before could not be gone on with. */
const STATE_VERSION = 4;

const noCards: ArmCounts = { baseline: 0, candidate: 0 };

export function newMemory(guardrails: readonly Guardrail[], slicing: Slices | null): JudgeMemory {
  const levels = startLevels(guardrails);
  const ledger = ledgerFor(levels.length);
  return {
    kind: 'judgeState',
    version: STATE_VERSION,
    guardrails,
    evidence: guardrails.map((guardrail) => startEvidence(bettingPlanOf(guardrail, placeOf(levels, guardrail)))),
    pending: null,
    memory: emptyMemory,
    joint: noJointHarm,
    ledger,
    design: designEffects(ledger),
    comparison: emptyComparison,
    onTime: startOnTime(guardrails),
    sampleRatio: startSampleRatio(),
    lost: noLostOutcomes,
    cards: noCards,
    timed: noCards,
    levels,
    looks: 0,
    plannedEnd: null,
    slicing,
    slices: [],
  };
}

/** Each guardrail with what it has gathered. */
export function gatheredOf(memory: JudgeMemory): readonly Gathered[] {
  return memory.guardrails.flatMap((guardrail, i) => {
    const evidence = memory.evidence[i];
    return evidence === undefined
      ? []
      : [{ guardrail, plan: bettingPlanOf(guardrail, placeOf(memory.levels, guardrail)), evidence }];
  });
}

/** Which of the plan's levels the guardrail is about; -1 for none. */
export function placeOf(levels: readonly LevelTrack[], guardrail: Guardrail): number {
  return guardrail.metric === 'level' ? levels.findIndex(({ name }) => name === guardrail.name) : -1;
}

export class JudgeStateError extends Error {
  readonly code = 'judge-state-unknown';
}

/** The opaque state as what it is. Throws JudgeStateError for a state of another kind or version. */
export function memoryOf(state: JudgeState): JudgeMemory {
  const seen: { readonly kind?: unknown; readonly version?: unknown } = state;
  if (seen.kind === 'judgeState' && seen.version === STATE_VERSION) return state as JudgeMemory;
  throw new JudgeStateError(
    `Judge state of kind ${String(seen.kind)}, version ${String(seen.version)}; expected judgeState, version ` +
      `${STATE_VERSION}. Start the judge anew and give it the rollout's looks again.`,
  );
}
