/** The judge's part for levels: each is compared on its own, once both arms have cards that carry it. */
import { levelEvidence } from './bets/bets.ts';
import { addComparedLevel } from './gathering/compared-level.ts';
import { addEvidence } from './bets/evidence.ts';
import { addLevelToLedger } from './gathering/level-ledger.ts';
import { comparable, followLevel, learnLevel } from './gathering/level-track.ts';
import type { LevelBlock, LevelTrack } from './gathering/level-track.ts';
import { gatheredOf, placeOf } from './state.ts';
import type { JudgeMemory } from './state.ts';
import type { Look } from './types.ts';

/** After the look's cards have been counted for everything else. Without levels in the plan, the memory as it was. */
export function compareLevels(memory: JudgeMemory, look: Look): JudgeMemory {
  return memory.levels.reduce((before, _, place) => followed(before, place, look), memory);
}

function followed(memory: JudgeMemory, place: number, look: Look): JudgeMemory {
  const known = memory.levels[place];
  const track = known === undefined ? undefined : followLevel(known, look);
  if (track === undefined || track === known) return memory;
  const block = comparable(track);
  return block === null
    ? withTrack(memory, place, track)
    : withTrack(compared(memory, place, track, block), place, learnLevel(track));
}

function compared(memory: JudgeMemory, place: number, track: LevelTrack, block: LevelBlock): JudgeMemory {
  const ledger = addLevelToLedger(memory.ledger, place, block);
  const evidence = gatheredOf(memory).map(({ guardrail, plan, evidence: gathered }) => {
    const said = placeOf(memory.levels, guardrail) === place ? levelEvidence(guardrail, track, block) : null;
    return said === null ? gathered : addEvidence(gathered, said, plan, guardrail.alpha, memory.design);
  });
  const levels = addComparedLevel(memory.comparison.levels, track, place, block);
  return { ...memory, ledger, evidence, comparison: { ...memory.comparison, levels } };
}

function withTrack(memory: JudgeMemory, place: number, track: LevelTrack): JudgeMemory {
  return { ...memory, levels: memory.levels.map((one, i) => (i === place ? track : one)) };
}
