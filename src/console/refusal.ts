/** What the console refuses by itself, before any rollout is asked; docs/errors.md tells of each. */
import type { ConsoleProblemCode } from '../configurator/errors.ts';
import { AssistError } from '../configurator/errors.ts';
import { ENGINE_KINDS } from '../configurator/http-status.ts';

const OWN_STATUS: Readonly<Partial<Record<AssistError['code'], number>>> = {
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
  'search-attributes-missing': 503,
};

function knownStatus(code: AssistError['code']): number | undefined {
  return OWN_STATUS[code] ?? ENGINE_KINDS[code]?.status;
}

export function refusal(code: ConsoleProblemCode, message: string, remedy: string): AssistError {
  return new AssistError(code, message, remedy);
}

/** What whoever looks may read of any error: no address of the installation, and nothing that is not in our words. */
export function presentable(error: unknown): AssistError {
  if (!(error instanceof AssistError) || knownStatus(error.code) === undefined)
    return refusal('console-internal', 'The page could not be made.', 'The log of the console says why.');
  return error.code.startsWith('temporal-')
    ? new AssistError('temporal-unreachable', 'The console cannot reach Temporal.', 'It tries again by itself.')
    : error;
}

export function statusOf({ code }: AssistError): number {
  return knownStatus(code) ?? 500;
}
