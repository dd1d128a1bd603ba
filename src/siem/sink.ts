/** Where records go. */

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
  resume(): Promise<Reached | null>;
}

/** What a destination holds, of its last epoch. */
export interface Reached {
  readonly epoch: string;
  /** The entry after its last. */
  readonly leaf: number;
  /** Base64 of the hash that its last entry tells; null when it has none. */
  readonly lastHash: string | null;
  /** Of its largest checkpoint; null when it has none. */
  readonly checkpointSize: number | null;
}
