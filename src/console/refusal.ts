/** What the console refuses by itself, before any rollout is asked; docs/errors.md tells of each. */
import type { ConsoleProblemCode } from '../configurator/errors.ts';
import { AssistError } from '../configurator/errors.ts';

const STATUS: Readonly<Partial<Record<AssistError['code'], number>>> = {
  'console-sign-in': 401,
  'console-sign-in-refused': 401,
  'console-not-allowed': 403,
  'console-foreign': 403,
  'console-form-invalid': 422,
  'console-too-large': 413,
  'console-too-many': 429,
  'console-not-found': 404,
  'console-method': 405,
  'console-issuer-unavailable': 503,
  'api-not-allowed': 403,
  'act-forbidden': 403,
  usage: 422,
  'rollout-not-found': 404,
  'version-unknown': 404,
  'rollout-already-running': 409,
  'rollout-ended': 409,
  'rollout-frozen': 409,
  'rollout-watched': 409,
  'update-rejected': 409,
  'undo-refused': 409,
  'freeze-refused': 409,
  'no-worker': 503,
  'registry-unanswered': 503,
  'search-attributes-missing': 503,
  'temporal-unreachable': 503,
  'temporal-refused': 503,
  'store-missing': 503,
};

export function refusal(code: ConsoleProblemCode, message: string, remedy: string): AssistError {
  return new AssistError(code, message, remedy);
}

/** What whoever looks may read of any error: no address of the installation, and nothing that is not in our words. */
export function presentable(error: unknown): AssistError {
  if (!(error instanceof AssistError) || STATUS[error.code] === undefined)
    return refusal('console-internal', 'The page could not be made.', 'The log of the console says why.');
  return error.code.startsWith('temporal-')
    ? new AssistError('temporal-unreachable', 'The console cannot reach Temporal.', 'It tries again by itself.')
    : error;
}

export function statusOf({ code }: AssistError): number {
  return STATUS[code] ?? 500;
}
