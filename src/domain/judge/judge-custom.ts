/** The judge's part for custom metrics: each is compared on its own, once both arms have cards that carry it. */
import { customEvidence } from './bets/bets.ts';
import { addComparedCustom } from './gathering/compared-custom.ts';
import { addEvidence } from './bets/evidence.ts';
import { addCustomToLedger } from './gathering/custom-ledger.ts';
import { comparable, followCustom, learnCustom } from './gathering/custom-track.ts';
import type { CustomBlock, CustomTrack } from './gathering/custom-track.ts';
import { gatheredOf, placeOf } from './state.ts';
import type { JudgeMemory } from './state.ts';
import type { Look } from './types.ts';

/** After the look's cards have been counted for everything else. Without custom metrics in the plan, the memory as it was. */
export function compareCustom(memory: JudgeMemory, look: Look): JudgeMemory {
  return memory.custom.reduce((before, _, place) => followed(before, place, look), memory);
}

function followed(memory: JudgeMemory, place: number, look: Look): JudgeMemory {
  const known = memory.custom[place];
  const track = known === undefined ? undefined : followCustom(known, look);
  if (track === undefined || track === known) return memory;
  const block = comparable(track);
  return block === null
    ? withTrack(memory, place, track)
    : withTrack(compared(memory, place, track, block), place, learnCustom(track));
}

function compared(memory: JudgeMemory, place: number, track: CustomTrack, block: CustomBlock): JudgeMemory {
  const ledger = addCustomToLedger(memory.ledger, place, block);
  const evidence = gatheredOf(memory).map(({ guardrail, plan, evidence: gathered }) => {
    const said = placeOf(memory.custom, guardrail) === place ? customEvidence(guardrail, track, block) : null;
    return said === null ? gathered : addEvidence(gathered, said, plan, guardrail.alpha, memory.design);
  });
  const custom = addComparedCustom(memory.comparison.custom, track, place, block);
  return { ...memory, ledger, evidence, comparison: { ...memory.comparison, custom } };
}

function withTrack(memory: JudgeMemory, place: number, track: CustomTrack): JudgeMemory {
  return { ...memory, custom: memory.custom.map((one, i) => (i === place ? track : one)) };
}
