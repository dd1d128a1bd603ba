/**
 * The judge: is the candidate worse than the plan tolerates, or proven no worse than its margins, or neither yet?
 *
 * Valid at every look, however often it looks and whenever it stops: the chance of ever saying `harm` of a candidate
 * that is worse by no more than the tolerances (half of the margins, if the plan says nothing else) is
 * at most the sum of the enforced guardrails' alphas (and of the slices', where a plan asks for them), and a
 * guardrail's chance of ever saying `safe` of one that was worse than the margin
 * all along is at most its alpha; the planned ends of a rollout's bakes may add 0.8 of the alphas' sum
 * (planned-end.ts). Harm is tested against "worse by the tolerance", with bets from one margin on: what lies between
 * the two may be found. Arms are compared within a look only (same time, same split). Where cards are alike by agent and the
 * arms share few
 * agents, all evidence is tempered by the agents' estimated design effect; with too few agents nothing is said.
 */
import { withChanges } from '../shared/with-changes.ts';
import { addToLedger } from './gathering/agent-ledger.ts';
import { remember } from './gathering/baseline-memory.ts';
import { blockEvidence } from './bets/bets.ts';
import { fillBlock, hasBothArms, mayJoin, startBlock } from './gathering/block.ts';
import { cardScores } from './gathering/card-scores.ts';
import type { Block, CardScores } from './gathering/block.ts';
import { compareBlock, joinComparisons, joinLight, lightenComparison } from './gathering/comparison.ts';
import { takeLearned } from './gathering/learned.ts';
import { addRecent } from './gathering/recent.ts';
import { designEffects, isStale } from './clusters/design-effect.ts';
import { addEvidence } from './bets/evidence.ts';
import { compareCustom } from './compare-custom.ts';
import { stepJointHarm } from './bets/joint-harm.ts';
import { addLateOutcomes } from './trust/late-outcomes.ts';
import { addLostOutcomes } from './trust/lost-outcomes.ts';
import { addOnTime } from './bets/on-time.ts';
import { addToSampleRatio } from './trust/sample-ratio.ts';
import { acceptDistrust } from './trust/trust.ts';
import { takeSlices } from './bets/slices.ts';
import { gatheredOf, openState, newMemory } from './state.ts';
import type { JudgeMemory } from './state.ts';
import { isTimed } from '../metrics/latency.ts';
import type { Learning } from '../plan/learning.ts';
import type { Guardrail, Slices } from '../plan/plan.ts';
import type { ArmCounts, Card, JudgeState, Look } from './types.ts';

/** A judge that has seen nothing yet. */
export function startJudge(
  guardrails: readonly Guardrail[],
  slices?: Slices | null,
  learning?: Learning | null,
): JudgeState {
  return newMemory(guardrails, slices ?? null, learning ?? null);
}

/**
 * The state after one more look; the given state is left as it was. Throws JudgeStateError for a state that is not the
 * judge's.
 */
export function takeLook(state: JudgeState, look: Look): JudgeState {
  return takeInto(openState(state), look);
}

function takeInto(given: JudgeMemory, look: Look): JudgeMemory {
  const { acceptedDistrust } = look;
  const before = acceptedDistrust === undefined ? given : withChanges(given, acceptDistrust(given, acceptedDistrust));
  const scores = cardScores(before.baselineMemory, before.guardrails);
  const counted = count(before, look, scores);
  const block = fillBlock(joinBlock(counted.pending, look), look.cards, scores);
  const settled =
    counted.pending === null || mayJoin(counted.pending, look) ? counted : learn(counted, counted.pending);
  const compared = hasBothArms(block)
    ? learn(compare(settled, block), block)
    : withChanges(settled, { pending: block });
  const judged = compareCustom(compared, look);
  return withChanges(judged, {
    joint: stepJointHarm(judged.joint, gatheredOf(judged)),
    learned: learnedAfter(before, look),
  });
}

function learnedAfter({ learning, learned }: JudgeMemory, look: Look): JudgeMemory['learned'] {
  if (learning === null || learned === null) return null;
  const { known, cards } = takeLearned(learned.known, look, learning);
  return { known, judge: cards.length === 0 ? learned.judge : takeInto(learned.judge, withChanges(look, { cards })) };
}

function joinBlock(pending: Block | null, look: Look): Block {
  return pending !== null && mayJoin(pending, look) ? pending : startBlock(look);
}

function count(memory: JudgeMemory, look: Look, scores: CardScores): JudgeMemory {
  return withChanges(memory, {
    slices: slicesAfter(memory, look, scores),
    sampleRatio: addToSampleRatio(memory.sampleRatio, look),
    late: addLateOutcomes(memory.late, look.followed),
    cards: addCounts(memory.cards, look, () => true),
    timed: addCounts(memory.timed, look, isTimed),
    noCard: memory.noCard ?? look.cards.find(({ withheld }) => withheld === true)?.arm ?? null,
    looks: memory.looks + 1,
  });
}

function slicesAfter(
  { slicing, slices, guardrails, baselineMemory }: JudgeMemory,
  look: Look,
  scores: CardScores,
): JudgeMemory['slices'] {
  return slicing === null ? slices : takeSlices(slices, slicing, look, { guardrails, memory: baselineMemory, scores });
}

function addCounts({ baseline, candidate }: ArmCounts, look: Look, counted: (card: Card) => boolean): ArmCounts {
  const counts = { baseline, candidate };
  for (const card of look.cards) if (counted(card)) counts[card.arm]++;
  return counts;
}

function compare(memory: JudgeMemory, block: Block): JudgeMemory {
  const ledger = addToLedger(memory.ledger, block);
  const design = isStale(memory.design, ledger) ? designEffects(ledger) : memory.design;
  const evidence = gatheredOf(memory).map(({ guardrail, plan, evidence: gathered }) => {
    const said = blockEvidence(guardrail, block, memory.baselineMemory);
    return said === null ? gathered : addEvidence(gathered, said, plan, guardrail.alpha, design);
  });
  const onTime = addOnTime(memory.onTime, memory.guardrails, block, memory.baselineMemory);
  const lost = addLostOutcomes(memory.lost, block, memory.baselineMemory);
  return withChanges(withComparison(memory, block), { ledger, design, evidence, onTime, lost });
}

function withComparison(memory: JudgeMemory, block: Block): JudgeMemory {
  const added = compareBlock(block);
  const n = { baseline: block.baseline.cards, candidate: block.candidate.cards };
  const half = { sinceMs: block.sinceMs, n, compared: lightenComparison(added) };
  return withChanges(memory, {
    comparison: joinComparisons(memory.comparison, added),
    recent: addRecent(memory.recent, half, joinLight),
  });
}

/** Only after a block has been compared may it teach what to bet on next. */
function learn(memory: JudgeMemory, block: Block): JudgeMemory {
  return withChanges(memory, { baselineMemory: remember(memory.baselineMemory, block.baseline), pending: null });
}
