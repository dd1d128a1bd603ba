import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Caller } from './oauth.ts';

export interface SandboxEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Of this request; in every answer's `ININ-Correlation-Id` and every error's `contextId`. */
    correlationId: string;
    client: Caller;
    /** The bearer token of this request. */
    token: string;
  };
}
export type SandboxContext = Context<SandboxEnv>;
