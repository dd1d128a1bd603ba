/** Why a target refuses. Each code has one way out, told in the message. */

export type TargetErrorCode =
  | 'NoBaseline' | 'AmbiguousBaseline' | 'AlreadyServing' | 'OtherCandidate' | 'VersionConflict'
  | 'VersionMissing' | 'WouldUncover' | 'ReadBackMismatch' | 'NotYetReadable' | 'ContentChanged';

export class TargetError extends Error {
  readonly code: TargetErrorCode;

  constructor(code: TargetErrorCode, message: string) {
    super(message);
    this.name = 'TargetError';
    this.code = code;
  }
}
