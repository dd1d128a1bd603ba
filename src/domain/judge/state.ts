/**
 * What the judge carries from look to look: plain JSON, its size set by the guardrails, the agents (up to a bound) and
 * the latency grid, not by the cards.
 */
import { CARD_SCORES, emptyLedger } from './gathering/agent-ledger.ts';
import type { AgentLedger } from './gathering/agent-ledger.ts';
import { emptyMemory } from './gathering/baseline-memory.ts';
import type { BaselineMemory } from './gathering/baseline-memory.ts';
import { bettingPlanOf } from './bets/bets.ts';
import type { Block } from './gathering/block.ts';
import { emptyComparison } from './gathering/comparison.ts';
import type { Comparison, LightComparison } from './gathering/comparison.ts';
import type { LightCustom } from './gathering/compared-custom.ts';
import type { Acquaintance } from './gathering/learned.ts';
import { nobodyKnows } from './gathering/learned.ts';
import { noRecent } from './gathering/recent.ts';
import type { Recent } from './gathering/recent.ts';
import { designEffects } from './clusters/design-effect.ts';
import type { DesignEffects } from './clusters/design-effect.ts';
import { startEvidence } from './bets/evidence.ts';
import type { GuardrailEvidence } from './bets/evidence.ts';
import { pack, unpack } from './maths/packing.ts';
import type { Packed } from './maths/packing.ts';
import { customScore } from './gathering/custom-ledger.ts';
import { startCustom } from './gathering/custom-track.ts';
import type { CustomTrack } from './gathering/custom-track.ts';
import { noJointHarm } from './bets/joint-harm.ts';
import type { Gathered, JointHarm } from './bets/joint-harm.ts';
import { noLateOutcomes } from './trust/late-outcomes.ts';
import type { LateOutcomes } from './trust/late-outcomes.ts';
import { noLostOutcomes } from './trust/lost-outcomes.ts';
import type { LostOutcomes } from './trust/lost-outcomes.ts';
import { startOnTime } from './bets/on-time.ts';
import type { OnTimeMemory } from './bets/on-time.ts';
import { startSampleRatio } from './trust/sample-ratio.ts';
import type { SampleRatio } from './trust/sample-ratio.ts';
import type { Slice } from './bets/slices.ts';
import type { Learning } from '../plan/learning.ts';
import type { Guardrail, Slices } from '../plan/plan.ts';
import type { Arm, ArmCounts, JudgeState, StepEnd } from './types.ts';

export interface JudgeMemory extends JudgeState {
  readonly guardrails: readonly Guardrail[];
  /** One per guardrail, in order. */
  readonly evidence: readonly GuardrailEvidence[];
  /** Cards not yet compared; null when there are none. */
  readonly pending: Block | null;
  readonly baselineMemory: BaselineMemory;
  readonly joint: JointHarm;
  readonly ledger: AgentLedger;
  /** Of the ledger. */
  readonly design: DesignEffects;
  readonly comparison: Comparison;
  /** Of the latest cards, without their custom metrics; of these, by name, in `recentCustom`. */
  readonly recent: Recent<LightComparison>;
  readonly recentCustom: Readonly<Record<string, Recent<LightCustom>>>;
  readonly onTime: OnTimeMemory;
  readonly sampleRatio: SampleRatio;
  readonly lost: LostOutcomes;
  readonly late: LateOutcomes;
  readonly cards: ArmCounts;
  /** The arm in which no card is shown, once it is seen; null: both are versions. */
  readonly noCard: Arm | null;
  /** Cards with a known latency. */
  readonly timed: ArmCounts;
  /** The plan's custom metrics, in its order. */
  readonly custom: readonly CustomTrack[];
  /** Looks taken. */
  readonly looks: number;
  readonly plannedEnd: StepEnd | null;
  readonly slicing: Slices | null;
  readonly slices: readonly Slice[];
  readonly learning: Learning | null;
  /** null: the plan does not ask for it. */
  readonly learned: Learned | null;
}

export interface Learned {
  readonly known: Acquaintance;
  /** A judge of the cards of agents who know the candidate, of all guardrails; its harm and its trust say nothing. */
  readonly judge: JudgeMemory;
}

/** Another one whenever a state of before could not be gone on with. */
const STATE_VERSION = 8;
/**
 * By which rules the judge decides, and words what it decides: another one whenever the same looks may give another
 * report, of the judge or of the long watch. A record is taken again by the rules that it was made with, or not at all.
 */
export const JUDGE_RULES = 6;
const OWN = { kind: 'judgeState', version: STATE_VERSION, rules: JUDGE_RULES } as const;

const noCards: ArmCounts = { baseline: 0, candidate: 0 };

export function newMemory(
  guardrails: readonly Guardrail[],
  slicing: Slices | null,
  learning: Learning | null,
): JudgeMemory {
  const custom = startCustom(guardrails);
  const ledger = emptyLedger([...CARD_SCORES, ...custom.map(({ name }) => customScore(name))]);
  return {
    ...OWN,
    guardrails,
    evidence: guardrails.map((guardrail) => startEvidence(bettingPlanOf(guardrail), guardrail.goal !== undefined)),
    pending: null,
    baselineMemory: emptyMemory,
    joint: noJointHarm,
    ledger,
    design: designEffects(ledger),
    comparison: emptyComparison,
    recent: noRecent,
    recentCustom: {},
    onTime: startOnTime(guardrails),
    sampleRatio: startSampleRatio(),
    lost: noLostOutcomes,
    late: noLateOutcomes,
    cards: noCards,
    noCard: null,
    timed: noCards,
    custom,
    looks: 0,
    plannedEnd: null,
    slicing,
    slices: [],
    learning,
    learned: learning === null ? null : { known: nobodyKnows, judge: newMemory(guardrails, null, null) },
  };
}

/** Each guardrail with what it has gathered. */
export function gatheredOf(memory: JudgeMemory): readonly Gathered[] {
  return memory.guardrails.flatMap((guardrail, i) => {
    const evidence = memory.evidence[i];
    return evidence === undefined ? [] : [{ guardrail, plan: bettingPlanOf(guardrail), evidence }];
  });
}

/** The custom metric that the guardrail is about; undefined for any other. */
export function trackOf(tracks: readonly CustomTrack[], guardrail: Guardrail): CustomTrack | undefined {
  return guardrail.metric === 'custom' ? tracks.find(({ name }) => name === guardrail.name) : undefined;
}

export class JudgeStateError extends Error {
  readonly code = 'judge-state-unknown';
}

/** The opaque state as what it holds. Throws JudgeStateError for a state of another kind, version or rules. */
export function openState(state: JudgeState): JudgeMemory {
  const { kind, version, rules }: Readonly<Partial<Record<keyof typeof OWN, unknown>>> = state;
  if (kind === OWN.kind && version === OWN.version && rules === OWN.rules)
    return 'packed' in state ? unpackState(state) : (state as JudgeMemory);
  throw new JudgeStateError(
    `Judge state of kind ${String(kind)}, version ${String(version)}, rules ${String(rules)}; expected ${OWN.kind}, ` +
      `version ${OWN.version}, rules ${OWN.rules}. Start the judge anew and give it the rollout's looks again.`,
  );
}

/** The same state with fewer characters, as it is stored. Throws JudgeStateError as `openState` does. */
export function packState(state: JudgeState): JudgeState {
  const { kind, version, rules, guardrails, slicing, learning, plannedEnd, ...gathered } = openState(state);
  return { kind, version, rules, guardrails, slicing, learning, plannedEnd, packed: pack(gathered) };
}

function unpackState({ packed, ...plain }: JudgeState): JudgeMemory {
  try {
    return { ...plain, ...(unpack(packed as Packed) as object) } as JudgeMemory;
  } catch {
    throw new JudgeStateError(
      "The judge's state cannot be read: its packed part is broken. Start the judge anew and give it the rollout's " +
        'looks again.',
    );
  }
}
