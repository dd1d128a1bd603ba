/**
 * A slice keeps its agents in a few cells, added up with their signs as everywhere (agent-key.ts), so that a dozen
 * slices fit into the state.
 */
import { cellOf, signOf } from '../gathering/agent-key.ts';
import type { CellKeys } from '../gathering/agent-ledger.ts';
import { noHits } from '../gathering/block.ts';
import type { AgentTally, ArmTally, Block } from '../gathering/block.ts';
import { byRate } from '../../metrics/index.ts';
import { emptySketch } from '../maths/sketch.ts';

const SLICE_CELLS = 24;

/** Of lightened blocks, whose tallies are those of cells. */
export const AGENTS_BY_CELL: CellKeys = { cells: SLICE_CELLS, cellOf: (cell) => cell, signOf: () => 1 };

/** A block without latencies, its agents in the slice's cells. */
export function lightenBlock(block: Block): Block {
  return { ...block, baseline: lightenTally(block.baseline), candidate: lightenTally(block.candidate) };
}

/** Two such blocks as one. */
export function joinBlocks(before: Block, more: Block): Block {
  return {
    ...before,
    baseline: joinArms(before.baseline, more.baseline),
    candidate: joinArms(before.candidate, more.candidate),
  };
}

function lightenTally(tally: ArmTally): ArmTally {
  const cells: Record<string, AgentTally> = {};
  for (const key in tally.agents) {
    const cell = cellOf(Number(key)) % SLICE_CELLS;
    cells[cell] = joinTallies(cells[cell], tally.agents[key], signOf(Number(key)));
  }
  return { ...tally, latencies: emptySketch, location: 0, locationSquares: 0, agents: cells };
}

function joinArms(before: ArmTally, more: ArmTally): ArmTally {
  const agents: Record<string, AgentTally> = { ...before.agents };
  for (const key in more.agents) agents[key] = joinTallies(agents[key], more.agents[key]);
  return {
    ...before,
    ...joinTallies(before, more),
    timed: before.timed + more.timed,
    onTime: {
      cards: before.onTime.cards + more.onTime.cards,
      hits: byRate((rate) => before.onTime.hits[rate] + more.onTime.hits[rate]),
    },
    agents,
  };
}

const nothing: AgentTally = { cards: 0, hits: noHits, location: 0, tail: 0 };

/** A slice needs no location. */
function joinTallies(a: AgentTally = nothing, b: AgentTally = nothing, sign: 1 | -1 = 1): AgentTally {
  return {
    cards: a.cards + sign * b.cards,
    hits: byRate((rate) => a.hits[rate] + sign * b.hits[rate]),
    location: 0,
    tail: a.tail + sign * b.tail,
  };
}
