/**
 * `/sandbox`: what a real organisation does not have. No token is asked for, so nobody but this machine is answered.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import { noSuchResource, parseBody } from './api-error.ts';
import { copilotControl } from './copilot/copilot-control.ts';
import { desktopRoutes } from './desktop/desktop-routes.ts';
import { faultSchema } from './faults.ts';
import type { SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import { localOnly } from './local-only.ts';
import { MAX_CARDS_PER_SECOND } from './options.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { findAgent } from './people.ts';
import { playedConversation, playedSchema, saidSchema, transferSchema } from './played-conversation.ts';
import { modelsSchema } from './traffic/models.ts';

const trafficSchema = z.strictObject({
  running: z.boolean().optional(),
  cardsPerSecond: z.number().min(0).max(MAX_CARDS_PER_SECOND).optional(),
});
const socketSchema = z.strictObject({ do: z.enum(['drop', 'announceClosing', 'mute', 'unmute']) });
const splitSchema = z.object({
  action: z.string().min(1),
  seconds: z.coerce.number().int().min(1).max(3_600).default(10),
});

export function controlRoutes(org: SandboxOrganisation): Hono<SandboxEnv> {
  const { now } = org.settings;
  const app = new Hono<SandboxEnv>();
  app.use(localOnly);
  app.get('/health', (c) =>
    c.json({
      ok: true,
      seed: org.settings.seed,
      traffic: org.traffic.state(),
      push: org.pusher.stats(),
      desks: org.desks.state(),
      calls: Object.fromEntries(org.calls),
    }),
  );
  app.route('/desktop', desktopRoutes(org));
  app.get('/coverage', (c) => c.json(org.coverage.report()));
  app.get('/split', (c) => {
    const { action, seconds } = parseBody(splitSchema, c.req.query());
    return c.json(org.split.observed(action, seconds, now()));
  });
  app.post('/traffic', async (c) => {
    org.traffic.set(parseBody(trafficSchema, await jsonBody(c)), now());
    return c.json(org.traffic.state());
  });
  app.get('/models', (c) => c.json(org.traffic.models()));
  app.put('/models', async (c) => {
    org.traffic.setModels(parseBody(modelsSchema, await jsonBody(c)));
    return c.json(org.traffic.models());
  });
  app.route('/copilot', copilotControl(org.copilot));
  app.post('/conversations', async (c) => {
    const played = parseBody(playedSchema, await jsonBody(c));
    const conversation = playedConversation(played, findAgent(org.people, String(played.agent)), now());
    org.begin(conversation);
    return c.json({ id: conversation.id, agentId: conversation.agentId });
  });
  app.post('/conversations/:id/say', async (c) => {
    if (!org.say(c.req.param('id'), parseBody(saidSchema, await jsonBody(c)))) throw noSuchResource();
    return c.body(null, 204);
  });
  app.post('/conversations/:id/transfer', async (c) => {
    const { agent } = parseBody(transferSchema, await jsonBody(c));
    const agentId = findAgent(org.people, String(agent));
    if (!org.transfer(c.req.param('id'), agentId)) throw noSuchResource();
    return c.json({ id: c.req.param('id'), agentId });
  });
  app.get('/faults', (c) => c.json({ faults: org.faults.pending() }));
  app.post('/faults', async (c) => {
    org.faults.add(parseBody(faultSchema, await jsonBody(c)));
    return c.json({ faults: org.faults.pending() });
  });
  app.delete('/faults', (c) => {
    org.faults.clear();
    return c.body(null, 204);
  });
  app.post('/sockets', async (c) => {
    actOnSockets(org, parseBody(socketSchema, await jsonBody(c)).do);
    return c.body(null, 204);
  });
  app.delete('/tokens', (c) => {
    org.oauth.revokeAll();
    return c.body(null, 204);
  });
  return app;
}

function actOnSockets({ channels }: SandboxOrganisation, what: z.infer<typeof socketSchema>['do']): void {
  switch (what) {
    case 'drop':
      return channels.cutAll();
    case 'announceClosing':
      return channels.announce('v2.system.socket_closing', { message: 'The socket closes for maintenance.' });
    case 'mute':
      return channels.mute(true);
    case 'unmute':
      return channels.mute(false);
  }
}
