/** `/sandbox/desktop`: the agent's desktop as a page, and what it shows as JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { z } from 'zod';
import { parseBody } from '../api-error.ts';
import { logIn } from '../authorize-routes.ts';
import type { SandboxContext, SandboxEnv } from '../http-context.ts';
import type { SandboxOrganisation } from '../organisation.ts';
import { findAgent } from '../people.ts';
import { deskView } from './desk-view.ts';

/** What the page may do: frame any widget, and talk to where it came from. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src *; frame-ancestors 'none'";
const querySchema = z.object({ agent: z.string().min(1).default('0') });

export function desktopRoutes(org: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const agentOf = (c: SandboxContext): string => findAgent(org.people, parseBody(querySchema, c.req.query()).agent);
  app.get('/', (c) => {
    // Whoever sits at this desktop is logged in, as at the real one.
    logIn(c, agentOf(c));
    c.header('content-security-policy', POLICY);
    return c.html(fileOf('desktop.html'));
  });
  app.get('/view', (c) => {
    const agentId = agentOf(c);
    org.desks.leaveTo(agentId);
    return c.json(deskView(org, agentId, { ...org.settings.desktop, origin: new URL(c.req.url).origin }));
  });
  for (const [name, type] of [
    ['desktop.js', 'text/javascript; charset=utf-8'],
    ['desktop.css', 'text/css; charset=utf-8'],
  ] as const)
    app.get(`/${name}`, (c) => c.body(fileOf(name), 200, { 'content-type': type }));
  return app;
}

const files = new Map<string, string>();

function fileOf(name: string): string {
  const text = files.get(name) ?? readFileSync(join(__dirname, 'page', name), 'utf8');
  files.set(name, text);
  return text;
}
