/** What a verifier says. */

export type LogFindingKind =
  /** The line at this place is another than the one that was logged. */
  | 'edited'
  | 'removed'
  /** It was never logged, or stands there a second time. */
  | 'inserted'
  /** It was logged, at another place. */
  | 'reordered'
  /** The log ends before what was signed. */
  | 'cutOff'
  /** Something among these entries differs from what was signed; no copy of the old hashes is at hand to say which. */
  | 'rewritten'
  /** The columns of the row say something else than its line. */
  | 'rowDiffers'
  /** The number of an entry is not its place. */
  | 'misnumbered'
  /** A hash that was kept beside the lines differs from theirs. */
  | 'hashDiffers'
  /** Not signed by the key, damaged, or at odds with another checkpoint. */
  | 'checkpointInvalid'
  | 'checkpointMissing'
  /** Another text had taken the entry's key before it was written. */
  | 'keyTaken'
  /** The list of rollouts says something else of an end than the log does. */
  | 'outcomeDiffers'
  | 'unreadable';

export interface Finding {
  readonly kind: LogFindingKind;
  /** Place in the log, from 0; null where it is no single entry. */
  readonly leaf: number | null;
  /** Last of several places. */
  readonly toLeaf?: number;
  readonly key: string | null;
  readonly message: string;
}

export interface LogVerdict {
  readonly ok: boolean;
  /** Entries looked at. */
  readonly entries: number;
  /** Entries that a genuine checkpoint covers; the others may still be changed unnoticed until the next checkpoint. */
  readonly covered: number;
  /** Genuine checkpoints that the log was held against. */
  readonly checkpoints: number;
  /**
   * The last genuine checkpoint: what it covers, and when it was signed (null: it does not tell). An old copy of a log
   * is whole, too.
   */
  readonly lastSigned: { readonly size: number; readonly at: string | null } | null;
  readonly findings: readonly Finding[];
}

export function named(leaf: number, key: string | null | undefined): string {
  return key ? `Entry ${leaf} (${JSON.stringify(key)})` : `Entry ${leaf}`;
}
