/** The organisation over HTTP. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { apiRoutes } from './api-routes.ts';
import { ApiError, noSuchResource, notImitated } from './api-error.ts';
import { authorizeRoutes } from './authorize-routes.ts';
import { controlRoutes } from './control-routes.ts';
import { injectFaults } from './fault-injection.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { isKnownRoot } from './not-imitated.ts';
import { transcriptRoutes } from './transcript-routes.ts';
import { tokenRoute } from './token-route.ts';
import type { SandboxOrganisation } from './organisation.ts';

const EXPOSED = ['ININ-Correlation-Id', 'Retry-After', 'inin-ratelimit-count', 'inin-ratelimit-allowed'];

export function createSandboxApp(org: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(async (c, next) => {
    const correlationId = randomUUID();
    c.set('correlationId', correlationId);
    c.header('ININ-Correlation-Id', correlationId);
    await next();
  });
  app.route('/sandbox', controlRoutes(org));
  // Pages of agents ask from other origins.
  for (const path of ['/oauth/token', '/api/*']) app.use(path, cors({ origin: '*', exposeHeaders: EXPOSED }));
  app.use(injectFaults(org));
  app.post('/oauth/token', tokenRoute(org));
  app.route('/oauth/authorize', authorizeRoutes(org));
  const transcripts = transcriptRoutes(org);
  app.route('/api/v2', apiRoutes(org, transcripts.urls));
  app.route('/transcripts', transcripts.files);
  app.notFound((c) =>
    answerError(c, isKnownRoot(c.req.path) ? notImitated(`${c.req.method} ${c.req.path}`) : noSuchResource()),
  );
  app.onError((error, c) => answerError(c, error instanceof ApiError ? error : unexpected(error)));
  return app;
}

function answerError(c: SandboxContext, error: ApiError): Response {
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return c.json(error.body(c.get('correlationId')), error.status as ContentfulStatusCode);
}

function unexpected(error: Error): ApiError {
  return new ApiError({ status: 500, code: 'internal.server.error', message: `The sandbox failed: ${error.message}` });
}
