/** The organisation's error answers: code, message pattern and status as the public API declares them. */
import type { z } from 'zod';

export interface ErrorDetail {
  readonly errorCode: string;
  readonly fieldName: string;
}

export interface ApiErrorInit {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(init: ApiErrorInit) {
    super(init.message);
    this.status = init.status;
    this.code = init.code;
    this.details = init.details ?? [];
    this.headers = init.headers ?? {};
  }

  body(contextId: string): Record<string, unknown> {
    return {
      message: this.message,
      code: this.code,
      status: this.status,
      contextId,
      details: this.details,
      errors: [],
    };
  }
}

export function noSuchResource(): ApiError {
  return new ApiError({ status: 404, code: 'not.found', message: 'The requested resource was not found.' });
}

export function conflict(fieldName: string): ApiError {
  return new ApiError({
    status: 409,
    code: 'request.conflict',
    message: 'The request conflicts with the current state of the target resource.',
    details: [{ errorCode: 'duplicate.value', fieldName }],
  });
}

export function tooManyRequests(seconds: number): ApiError {
  return new ApiError({
    status: 429,
    code: 'too.many.requests.retry.after',
    message: `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`,
    headers: { 'Retry-After': String(seconds) },
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError({ status: 400, code: 'bad.request', message });
}

/** For what is valid on the platform and not played here: it is not the caller's mistake. */
export function notImitated(what: string): ApiError {
  const message = `The sandbox does not imitate this: ${what}`;
  return new ApiError({ status: 501, code: 'sandbox.not.imitated', message });
}

export function invalidFields(details: readonly ErrorDetail[], reasons: readonly string[]): ApiError {
  return new ApiError({
    status: 400,
    code: 'constraint.validation',
    message: `The request body is not valid: ${reasons.join('; ')}`,
    details,
  });
}

/** `value`, or a 400 that names every field that is wrong. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw invalidFields(
    issues.map((issue) => ({ errorCode: issue.code, fieldName: fieldOf(issue.path) })),
    issues.map((issue) => `${fieldOf(issue.path)}: ${issue.message}`),
  );
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'body';
}
