/**
 * A slice keeps its agents in a few cells, added up with their signs as everywhere (agent-key.ts), and of latencies only
 * the slow ones' number, so that a dozen slices fit into the state.
 */
import { cellOf, signOf } from '../gathering/agent-key.ts';
import type { CellKeys } from '../gathering/agent-ledger.ts';
import type { Tallying } from '../gathering/block.ts';

const SLICE_CELLS = 16;

export const SLICE_TALLIES: Tallying = {
  keys: SLICE_CELLS,
  keyOf: (key) => cellOf(key) % SLICE_CELLS,
  signOf,
  isLight: true,
};

/** Of blocks that were tallied so. */
export const AGENTS_BY_CELL: CellKeys = { cells: SLICE_CELLS, cellOf: (cell) => cell, signOf: () => 1 };
