/** Where records go. */
import type { ShippingCursor } from '../store/audit-log.ts';

export interface Batch {
  /** One record each, without a line end, in order. */
  readonly texts: readonly string[];
  readonly firstId: string;
  readonly lastId: string;
}

export interface Sink {
  /** Resolves once the other side has all of it; a rejection means that it may have some, and gets all of it again. */
  send(batch: Batch): Promise<void>;
  /** How far the destination itself says it has come; null when only our own cursor knows. */
  resume(): Promise<ShippingCursor | null>;
}
