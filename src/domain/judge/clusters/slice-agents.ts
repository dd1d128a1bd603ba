/**
 * A slice keeps its agents in a few drawers, so that a dozen slices fit into the state.
 *
 * Agents who share a drawer count as one. That is right as long as they lie on the same side of the comparison: an
 * agent who serves one
 * arm alone moves it fully, one who serves both hardly, and mixed in one drawer they would cancel. So each kind has
 * drawers of its own,
 * told by what the agent has served in all slices so far.
 * Worked number: agents of drawers 3 and 11 who served the candidate alone share one (3 = 11 modulo 8); one who served
 * both does not.
 */
import type { AgentLedger } from '../gathering/agent-ledger.ts';
import { AGENT_DRAWERS } from '../gathering/agent-key.ts';
import type { AgentTally, ArmTally, Block } from '../gathering/block.ts';
import { byRate } from '../../metrics/index.ts';
import { emptySketch } from '../maths/latency-sketch.ts';

const DRAWERS = 8;

type Served = AgentLedger['agents'];

/** Without latencies; `agents` is of all slices, before the block. */
export function lightened(block: Block, agents: Served): Block {
  return {
    ...block,
    baseline: light(block.baseline, block.candidate, 0, agents),
    candidate: light(block.candidate, block.baseline, 1, agents),
  };
}

function light(tally: ArmTally, other: ArmTally, arm: 0 | 1, agents: Served): ArmTally {
  const coarse: Record<string, AgentTally> = {};
  for (const drawer in tally.agents) {
    const key =
      Number(drawer) >= AGENT_DRAWERS
        ? Number(drawer)
        : coarseDrawer(Number(drawer), servesBoth(drawer, other, arm, agents) ? 2 : arm);
    coarse[key] = joined(coarse[key], tally.agents[drawer]);
  }
  return { ...tally, latencies: emptySketch, location: 0, locationSquares: 0, agents: coarse };
}

/** Beyond the agents' own drawers, so that a block that waits for its other arm can take more cards. */
function coarseDrawer(drawer: number, kind: 0 | 1 | 2): number {
  return AGENT_DRAWERS + kind * DRAWERS + (drawer % DRAWERS);
}

function servesBoth(drawer: string, other: ArmTally, arm: 0 | 1, agents: Served): boolean {
  return other.agents[drawer] !== undefined || (agents[drawer]?.[1 - arm] ?? 0) > 0;
}

/** A slice needs no location. */
function joined(known: AgentTally | undefined, more: AgentTally | undefined): AgentTally {
  return {
    cards: (known?.cards ?? 0) + (more?.cards ?? 0),
    hits: byRate((rate) => (known?.hits[rate] ?? 0) + (more?.hits[rate] ?? 0)),
    location: 0,
    tail: (known?.tail ?? 0) + (more?.tail ?? 0),
  };
}
