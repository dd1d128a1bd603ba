/** Conditional writes (RFC 9110, section 13.1.1): a write made from a state that is not there any more is refused. */
import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';

export function etagOf(document: object): string {
  return `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27)}"`;
}

/** Without the header any write is taken, as on a platform that has none. */
export function refuseStaleWrite(ifMatch: string | undefined, document: object): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === etagOf(document)) return;
  throw new ApiError({
    status: 412,
    code: 'precondition.failed',
    message: 'The resource has been changed since it was read.',
  });
}
