/** What can go wrong between a caller and a rollout. `code` is stable; `remedy` is the way out. */

import type { CodecErrorCode } from '../codec/errors.ts';

/** What the api process refuses by itself, before any rollout is asked; docs/errors.md tells of each. */
export type ApiProblemCode =
  | 'api-token-refused'
  | 'api-not-allowed'
  | 'api-body-invalid'
  | 'api-body-too-large'
  | 'api-key-reused'
  | 'api-too-many'
  | 'api-issuer-unavailable'
  | 'api-not-found'
  | 'api-not-here'
  | 'api-method-not-allowed'
  | 'api-internal';

/** What the console refuses by itself. */
export type ConsoleProblemCode =
  | 'console-sign-in'
  | 'console-sign-in-refused'
  | 'console-not-allowed'
  | 'console-foreign'
  | 'console-form-invalid'
  | 'console-too-large'
  | 'console-too-many'
  | 'console-not-found'
  | 'console-method'
  | 'console-unreachable'
  | 'console-issuer-unavailable'
  | 'console-internal';

export type AssistErrorCode =
  | 'temporal-unreachable'
  | 'temporal-refused'
  | CodecErrorCode
  | 'search-attributes-missing'
  | 'no-worker'
  | 'build-unknown'
  | 'build-refused'
  | 'rollout-not-found'
  | 'nothing-judged'
  | 'record-deleted'
  | 'replay-no-action'
  | 'replay-no-cards'
  | 'replay-plan-unsupported'
  | 'rollout-already-running'
  | 'rollout-ended'
  | 'rollout-frozen'
  | 'rollout-watched'
  | 'registry-unanswered'
  | 'calendar-unanswered'
  | 'dry-run-unanswered'
  | 'freeze-refused'
  | 'version-unknown'
  | 'undo-refused'
  | 'retry-refused'
  | 'update-rejected'
  | 'act-forbidden'
  | 'api-unreachable'
  | 'api-token-missing'
  | ApiProblemCode
  | ConsoleProblemCode
  | 'config-incomplete'
  | 'port-in-use'
  | 'store-missing'
  | 'store-forbidden'
  | 'sandbox-failed'
  | 'stand-not-started'
  | 'usage';

export class AssistError extends Error {
  readonly code: AssistErrorCode;
  readonly remedy: string;
  /** Plain values for machines: ids, links. */
  readonly details: Readonly<Record<string, string | null>>;

  constructor(
    code: AssistErrorCode,
    message: string,
    remedy: string,
    options: ErrorOptions & { details?: Record<string, string | null> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AssistError';
    this.code = code;
    this.remedy = remedy;
    this.details = options.details ?? {};
  }
}
