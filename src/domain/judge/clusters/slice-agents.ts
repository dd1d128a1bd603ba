/**
 * A slice keeps its agents in a few cells, added up with their signs as everywhere (agent-key.ts), so that a dozen
 * slices fit into the state.
 */
import { cellOf, signOf } from '../gathering/agent-key.ts';
import type { CellKeys } from '../gathering/agent-ledger.ts';
import { TALLIED } from '../gathering/block.ts';
import type { ArmTally, Block } from '../gathering/block.ts';
import { byRate } from '../../metrics/index.ts';
import { emptySketch } from '../maths/sketch.ts';

const SLICE_CELLS = 16;

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
  const { agents } = tally;
  const cells: number[] = [];
  for (let key = 0, from = 0; from < agents.length; key++, from += TALLIED.length) {
    if (agents[from] === 0) continue;
    const to = (cellOf(key) % SLICE_CELLS) * TALLIED.length;
    while (cells.length < to + TALLIED.length) cells.push(0);
    for (let i = 0; i < TALLIED.length; i++)
      cells[to + i] = (cells[to + i] ?? 0) + (i === LOCATION ? 0 : signOf(key) * (agents[from + i] ?? 0));
  }
  return {
    ...tally,
    latencies: emptySketch,
    relieved: lightenRelieved(tally),
    location: 0,
    locationSquares: 0,
    agents: cells,
  };
}

/** A slice needs no location. */
const LOCATION = TALLIED.indexOf('location');

function lightenRelieved({ relieved }: ArmTally): ArmTally['relieved'] {
  return Object.fromEntries(Object.entries(relieved).map(([key, { tail }]) => [key, { sketch: emptySketch, tail }]));
}

function joinArms(before: ArmTally, more: ArmTally): ArmTally {
  const [long, short] = before.agents.length < more.agents.length ? [more, before] : [before, more];
  return {
    ...before,
    cards: before.cards + more.cards,
    hits: byRate((rate) => before.hits[rate] + more.hits[rate]),
    timed: before.timed + more.timed,
    onTime: {
      cards: before.onTime.cards + more.onTime.cards,
      hits: byRate((rate) => before.onTime.hits[rate] + more.onTime.hits[rate]),
    },
    relieved: joinRelieved(before, more),
    tail: before.tail + more.tail,
    agents: long.agents.map((own, i) => own + (short.agents[i] ?? 0)),
  };
}

function joinRelieved(before: ArmTally, more: ArmTally): ArmTally['relieved'] {
  const keys = [...new Set([...Object.keys(before.relieved), ...Object.keys(more.relieved)])];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      { sketch: emptySketch, tail: (before.relieved[key]?.tail ?? 0) + (more.relieved[key]?.tail ?? 0) },
    ]),
  );
}
