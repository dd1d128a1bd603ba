/** What routing refuses: ids of another form, and what is in a division that the client may not see. */
import { ApiError } from './api-error.ts';

export function assertUuid(id: string): void {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return;
  throw new ApiError({ status: 400, code: 'invalid.id', message: 'A non-UUID value was specified for an ID field.' });
}

export function missingInDivision(permission: string): ApiError {
  const message =
    `Unable to perform the requested action. You are missing the following permission '${permission}' in the ` +
    'provided division(s).';
  return new ApiError({ status: 403, code: 'missing.division.permission', message });
}
