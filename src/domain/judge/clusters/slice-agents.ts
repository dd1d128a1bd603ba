/**
 * A slice keeps its agents under a few keys, so that a dozen slices fit into the state.
 *
 * Agents who share a key count as one. That is right as long as they lie on the same side of the comparison: an
 * agent who serves one
 * arm alone moves it fully, one who serves both hardly, and mixed under one key they would cancel. So each kind has
 * keys of its own,
 * told by what the agent has served in all slices so far.
 * Worked number: agents of keys 3 and 11 who served the candidate alone share one (3 = 11 modulo 8); one who served
 * both does not.
 */
import type { AgentLedger } from '../gathering/agent-ledger.ts';
import { AGENT_KEYS } from '../gathering/agent-key.ts';
import type { AgentTally, ArmTally, Block } from '../gathering/block.ts';
import { byRate } from '../../metrics/index.ts';
import { emptySketch } from '../maths/sketch.ts';

const COARSE_KEYS = 8;

type Served = AgentLedger['agents'];

/** Without latencies; `agents` is of all slices, before the block. */
export function lightenBlock(block: Block, agents: Served): Block {
  return {
    ...block,
    baseline: lightenTally(block.baseline, block.candidate, 0, agents),
    candidate: lightenTally(block.candidate, block.baseline, 1, agents),
  };
}

function lightenTally(tally: ArmTally, other: ArmTally, arm: 0 | 1, agents: Served): ArmTally {
  const coarse: Record<string, AgentTally> = {};
  for (const own in tally.agents) {
    const key =
      Number(own) >= AGENT_KEYS ? Number(own) : coarseKey(Number(own), servesBoth(own, other, arm, agents) ? 2 : arm);
    coarse[key] = joinTallies(coarse[key], tally.agents[own]);
  }
  const relieved = Object.fromEntries(
    Object.entries(tally.relieved).map(([key, { tail }]) => [key, { sketch: emptySketch, tail }]),
  );
  return { ...tally, latencies: emptySketch, relieved, location: 0, locationSquares: 0, agents: coarse };
}

/** Beyond the agents' own keys, so that a block that waits for its other arm can take more cards. */
function coarseKey(key: number, kind: 0 | 1 | 2): number {
  return AGENT_KEYS + kind * COARSE_KEYS + (key % COARSE_KEYS);
}

function servesBoth(key: string, other: ArmTally, arm: 0 | 1, agents: Served): boolean {
  return other.agents[key] !== undefined || (agents[key]?.[1 - arm] ?? 0) > 0;
}

/** A slice needs no location. */
function joinTallies(known: AgentTally | undefined, more: AgentTally | undefined): AgentTally {
  return {
    cards: (known?.cards ?? 0) + (more?.cards ?? 0),
    hits: byRate((rate) => (known?.hits[rate] ?? 0) + (more?.hits[rate] ?? 0)),
    location: 0,
    tail: (known?.tail ?? 0) + (more?.tail ?? 0),
  };
}
