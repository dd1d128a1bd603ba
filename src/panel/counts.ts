/** What came and what was refused since this process started; shown by GET /health. */
import type { PanelProblemCode } from './problem.ts';

export interface PanelCounts {
  sessions: number;
  /** Streams that were opened. */
  streams: number;
  cardsSent: number;
  withdrawn: number;
  events: number;
  /** Streams that were ended since their page did not read, or another page took the place. */
  slow: number;
  replaced: number;
  /** By code. */
  readonly refused: Partial<Record<PanelProblemCode, number>>;
}

export function createCounts(): PanelCounts {
  return { sessions: 0, streams: 0, cardsSent: 0, withdrawn: 0, events: 0, slow: 0, replaced: 0, refused: {} };
}
