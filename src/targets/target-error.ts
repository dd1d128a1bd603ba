/** Why a target refuses. Each code has one way out, told in the message and in docs/errors.md. */
import type { Drift } from '../domain/rollout/drift.ts';

export const TARGET_ERROR_CODES = [
  'UnknownTarget',
  'NoCard',
  'NoBaseline',
  'VersionServes',
  'AmbiguousBaseline',
  'AlreadyServing',
  'OtherCandidate',
  'OtherTarget',
  'VersionConflict',
  'VersionMissing',
  'ReadBackMismatch',
  'NotYetReadable',
  'ContentChanged',
  'RivalServes',
  'WriteConflict',
  'NoStore',
  'QueueMissing',
  'QueueDivided',
  'NotManual',
  'AgentsRefused',
  'PanelNotConfigured',
  'PanelNotServing',
  'IntegrationTaken',
  'IntegrationNotReady',
  'OtherEditor',
  'NoResponder',
  'NoRule',
  'UnconfirmedSplit',
] as const;
export type TargetErrorCode = (typeof TARGET_ERROR_CODES)[number];

export class TargetError extends Error {
  readonly code: TargetErrorCode;
  /** Of `ContentChanged` and `RivalServes`: what differs. */
  readonly drift: Drift | undefined;

  constructor(code: TargetErrorCode, message: string, drift?: Drift) {
    super(message);
    this.name = 'TargetError';
    this.code = code;
    this.drift = drift;
  }
}

/** The split of an action, where it is a row of ours. */
export function writtenByOther(actionName: string): TargetError {
  return new TargetError(
    'WriteConflict',
    `The split of ${actionName} was written by another hand between our read and our write. It is read and planned anew.`,
  );
}
