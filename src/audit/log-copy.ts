/** A copy of the log as a verifier has it, from wherever: the database, an export, files. Nothing in it is believed. */

export interface SeenEntry {
  /** The number that it bears. */
  readonly leaf: number;
  readonly key: string;
  /** Computed from its line. */
  readonly hash: Uint8Array;
  /** The hash that was kept beside the line. */
  readonly recorded: Uint8Array | null;
  /** Where its own proof says that it stands in the signed tree: only looked up when the whole does not hold. */
  readonly provenPlace?: number | null;
}

/** Hashes of the first leaves, kept apart from the lines; believed as far as they fold up to a signed root. */
export interface LeafHashes {
  readonly hashes: readonly Uint8Array[];
  readonly keys?: readonly string[];
}

export interface LogCopy {
  /** In the order in which they stand. */
  readonly entries: readonly SeenEntry[];
  readonly notes: readonly string[];
  readonly references: readonly LeafHashes[];
}
