/** Small servers of this machine for pages and frames, each on an origin of its own; closed together. */
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { SandboxEnv } from '../../../src/sandbox/http-context.ts';

export async function serveApp(app: Hono<SandboxEnv>): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(started));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
