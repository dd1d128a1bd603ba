/** Faults that a test or a person orders: errors, delays, and answers that never arrive. First ordered, first used. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ApiError, tooManyRequests } from './api-error.ts';

export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** Of the whole path, for example `/api/v2/agentassist/actions`. */
      pathPrefix: z.string().optional(),
      /** Whose token it comes with; absent: anybody's. */
      client: z.string().optional(),
    })
    .default({}),
  /** How many requests it befalls. */
  times: z.int().min(1).default(1),
  status: z.int().min(400).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** The connection is cut: before anything was done, or after everything was. */
  dropAnswer: z.enum(['beforeWork', 'afterWork']).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
});
export type InjectedFault = z.infer<typeof faultSchema>;

export class FaultBoard {
  #faults: InjectedFault[] = [];

  add(fault: InjectedFault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  /** With what is left of their `times`. */
  pending(): readonly InjectedFault[] {
    return this.#faults;
  }

  take(method: string, path: string, client?: string): InjectedFault | undefined {
    const fault = this.#faults.find(({ match }) => isHit(match, method, path, client));
    if (fault === undefined) return undefined;
    fault.times -= 1;
    this.#faults = this.#faults.filter(({ times }) => times > 0);
    return fault;
  }
}

export async function delayOf(fault: InjectedFault): Promise<void> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
}

/** The error answer that a fault with a status asks for. */
export function errorOf(status: number, retryAfterSeconds: number | undefined): ApiError {
  if (status === 429) return tooManyRequests(retryAfterSeconds ?? 1);
  const [code, message] = ERRORS[status] ?? [
    'internal.server.error',
    `The sandbox was asked to answer with status ${status}.`,
  ];
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return new ApiError({ status, code, message, headers });
}

const ERRORS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['bad.request', 'The request could not be understood by the server due to malformed syntax.'],
  401: ['bad.credentials', 'Invalid login credentials.'],
  403: ['not.authorized', 'You are not authorized to perform the requested action.'],
  404: ['not.found', 'The requested resource was not found.'],
  408: ['client.timeout', 'The client did not produce a request within the server timeout limit.'],
  409: ['request.conflict', 'The request conflicts with the current state of the target resource.'],
  413: ['request.entity.too.large', 'The request is over the size limit. Maximum bytes: 512000'],
  415: ['unsupported.media.type', 'Unsupported Media Type. JSON is expected.'],
  500: [
    'internal.server.error',
    'The server encountered an unexpected condition which prevented it from fulfilling the request.',
  ],
  503: ['service.unavailable', 'Service Unavailable - The server is currently unavailable.'],
  504: ['request.timeout', 'The request timed out.'],
};

function isHit(match: InjectedFault['match'], method: string, path: string, client: string | undefined): boolean {
  const methodFits = match.method === undefined || match.method.toUpperCase() === method;
  const clientFits = match.client === undefined || match.client === client;
  return methodFits && clientFits && path.startsWith(match.pathPrefix ?? '');
}
