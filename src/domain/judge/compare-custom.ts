/** The judge's part for custom metrics: each is compared on its own, once both arms have cards that carry it. */
import { withChanges } from '../shared/with-changes.ts';
import { customEvidence } from './bets/bets.ts';
import { addComparedCustom, compareCustomBlock, joinLightCustom, lightenCustom } from './gathering/compared-custom.ts';
import { addEvidence } from './bets/evidence.ts';
import { addCustomToLedger } from './gathering/custom-ledger.ts';
import { comparable, followCustom, learnCustom } from './gathering/custom-track.ts';
import type { CustomBlock, CustomTrack } from './gathering/custom-track.ts';
import { addRecent, noRecent } from './gathering/recent.ts';
import { gatheredOf, trackOf } from './state.ts';
import type { JudgeMemory } from './state.ts';
import type { Look } from './types.ts';
import { ownOf } from '../shared/own.ts';

/** After the look's cards have been counted for all else. Without custom metrics in the plan, the memory as it was. */
export function compareCustom(memory: JudgeMemory, look: Look): JudgeMemory {
  return memory.custom.reduce((before, known) => followTrack(before, known, look), memory);
}

function followTrack(memory: JudgeMemory, known: CustomTrack, look: Look): JudgeMemory {
  const track = followCustom(known, look);
  if (track === known) return memory;
  const block = comparable(track);
  return block === null
    ? withTrack(memory, track)
    : withTrack(compareTrack(memory, known, track, block), learnCustom(track));
}

function compareTrack(memory: JudgeMemory, known: CustomTrack, track: CustomTrack, block: CustomBlock): JudgeMemory {
  const ledger = addCustomToLedger(memory.ledger, track.name, block);
  const evidence = gatheredOf(memory).map(({ guardrail, plan, evidence: gathered }) => {
    const said = trackOf(memory.custom, guardrail) === known ? customEvidence(guardrail, track, block) : null;
    return said === null ? gathered : addEvidence(gathered, said, plan, guardrail.alpha, memory.design);
  });
  return withChanges(withComparison(memory, track, block), { ledger, evidence });
}

function withComparison(memory: JudgeMemory, { name, place }: CustomTrack, block: CustomBlock): JudgeMemory {
  if (place === null) return memory;
  const added = compareCustomBlock(name, place, block);
  const n = { baseline: block.baseline.cards, candidate: block.candidate.cards };
  const half = { sinceMs: block.sinceMs, n, compared: lightenCustom(added) };
  return withChanges(memory, {
    comparison: withChanges(memory.comparison, { custom: addComparedCustom(memory.comparison.custom, added) }),
    recentCustom: {
      ...memory.recentCustom,
      [name]: addRecent(ownOf(memory.recentCustom, name) ?? noRecent, half, joinLightCustom),
    },
  });
}

function withTrack(memory: JudgeMemory, track: CustomTrack): JudgeMemory {
  return withChanges(memory, { custom: memory.custom.map((one) => (one.name === track.name ? track : one)) });
}
