import { ApiError, badRequest } from './api-error.ts';
import type { SandboxContext } from './http-context.ts';

/** `request.bytes.max` of the public API. */
export const MAX_BYTES = 512_000;

/** The parsed body; a body of another type, size or grammar is refused as the public API does. */
export async function jsonBody(c: SandboxContext): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new ApiError({
      status: 415,
      code: 'unsupported.media.type',
      message: 'Unsupported Media Type. Expected application/json.',
    });
  }
  const bytes = await c.req.arrayBuffer();
  if (bytes.byteLength > MAX_BYTES) {
    const message = `The request is over the size limit. Maximum bytes: ${MAX_BYTES}`;
    throw new ApiError({ status: 413, code: 'request.entity.too.large', message });
  }
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw badRequest('The request body is not JSON.');
  }
}
