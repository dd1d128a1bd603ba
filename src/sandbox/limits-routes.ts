/** `/api/v2/organizations/limits`: those that this organisation keeps to and whose key is known. */
import { Hono } from 'hono';
import { noSuchResource } from './api-error.ts';
import { pageOf } from './documents.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import { MAX_BYTES } from './json-body.ts';
import type { SandboxSettings } from './options.ts';

type Limits = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function limitsRoutes({ rateLimitPerMinute }: SandboxSettings): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const limits: Limits = {
    'platform.api': {
      'client.credentials.token.rate.per.minute': rateLimitPerMinute,
      'token.rate.per.minute': rateLimitPerMinute,
      'request.bytes.max': MAX_BYTES,
    },
    notifications: {},
    'agent.assistant': {},
    copilot: {},
    audit: {},
    analytics: {},
  };
  app.use(requireRight('organization:readonly'));
  app.get('/namespaces', (c) => {
    const { pageNumber, pageSize } = pageOf({ pageSize: '100', ...c.req.query() });
    const entities = Object.keys(limits);
    const start = (pageNumber - 1) * pageSize;
    const total = entities.length;
    return c.json({ entities: entities.slice(start, start + pageSize), pageNumber, pageSize, total, pageCount: 1 });
  });
  for (const path of ['/namespaces/:namespace', '/namespaces/:namespace/defaults'] as const)
    app.get(path, (c) => {
      const namespace = c.req.param('namespace');
      const found = limits[namespace];
      if (found === undefined) throw noSuchResource();
      return c.json({ entities: Object.entries(found).map(([key, value]) => ({ key, namespace, value })) });
    });
  return app;
}
