/** `/sandbox/desktop`: the agent's desktop as a page, and what it shows as JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { z } from 'zod';
import { parseBody } from '../api-error.ts';
import type { SandboxContext, SandboxEnv } from '../http-context.ts';
import { deskView } from './desk-view.ts';
import type { DesktopSource } from './desk-view.ts';

/** Names a `GET` of the page puts the agent under; the login of the organisation reads it. */
export const AGENT_COOKIE = 'sandbox-agent';

export interface DesktopSettings {
  /** Name of an environment of the platform; the Client App SDK knows them. */
  readonly targetEnv: string;
  readonly domain: string;
  readonly language: string;
  readonly usePopupAuth: boolean;
}

/** An agent by the id of the user, or by its number among the simulated ones. */
export type FindAgent = (idOrIndex: string) => string;

/** What the page may do: frame any widget, and talk to where it came from. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src *; frame-ancestors 'none'";
const querySchema = z.object({ agent: z.string().min(1).default('0') });

export function desktopRoutes(
  source: DesktopSource,
  settings: DesktopSettings,
  findAgent: FindAgent,
): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const agentOf = (c: SandboxContext): string => findAgent(parseBody(querySchema, c.req.query()).agent);
  app.get('/', (c) => {
    const agentId = agentOf(c);
    c.header('set-cookie', `${AGENT_COOKIE}=${encodeURIComponent(agentId)}; Path=/; HttpOnly; SameSite=Lax`);
    c.header('content-security-policy', POLICY);
    return c.html(fileOf('desktop.html'));
  });
  app.get('/view', (c) => c.json(deskView(source, agentOf(c), { ...settings, origin: new URL(c.req.url).origin })));
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
