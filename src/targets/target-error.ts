/** Why a target refuses. Each code has one way out, told in the message. */

import type { Drift } from '../domain/rollout/drift.ts';

export type TargetErrorCode =
  | 'NoBaseline'
  | 'AmbiguousBaseline'
  | 'AlreadyServing'
  | 'OtherCandidate'
  | 'VersionConflict'
  | 'VersionMissing'
  | 'WouldUncover'
  | 'ReadBackMismatch'
  | 'NotYetReadable'
  | 'ContentChanged'
  | 'WriteConflict';

export class TargetError extends Error {
  readonly code: TargetErrorCode;
  /** Of `ContentChanged`: what differs. */
  readonly drift: Drift | undefined;

  constructor(code: TargetErrorCode, message: string, drift?: Drift) {
    super(message);
    this.name = 'TargetError';
    this.code = code;
    this.drift = drift;
  }
}
