/** `/sandbox/copilot`: the truth about who got what, and how agents take it. */
import { Hono } from 'hono';
import { z } from 'zod';
import { noSuchResource, parseBody } from '../api-error.ts';
import type { Conversation } from '../conversations.ts';
import type { SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { stateOf } from './record.ts';
import type { Suggestion } from './record.ts';

const askedSchema = z.object({
  queue: z.string().optional(),
  conversation: z.string().optional(),
  /** Those that began since then. */
  since: z.iso.datetime().optional(),
});
const shownSchema = z.strictObject({ conversationId: z.string(), key: z.string().min(1).max(1_000) });

export function copilotControl({ traffic, conversations, now }: CopilotOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/conversations', (c) => {
    const { queue, conversation, since } = parseBody(askedSchema, c.req.query());
    const sinceMs = since === undefined ? 0 : Date.parse(since);
    now();
    const found = conversations()
      .filter(({ queueId, startMs }) => startMs >= sinceMs && (queue === undefined || queue === queueId))
      .filter(({ id }) => conversation === undefined || conversation === id);
    return c.json({ conversations: found.map(truthOf) });
  });
  app.post('/shown', async (c) => {
    const { conversationId, key } = parseBody(shownSchema, await jsonBody(c));
    if (!traffic.show(conversationId, key)) throw noSuchResource();
    return c.body(null, 204);
  });
  return app;
}

function truthOf({ id, queueId, agentId, mediaType, startMs, endMs, copilot }: Conversation): object {
  const { assistants = [], suggestions = [], shown = [], outcome } = copilot ?? {};
  return {
    conversationId: id,
    queueId,
    agentId,
    mediaType,
    start: iso(startMs),
    end: iso(endMs),
    assistants: assistants.map(({ assistantId, fromMs }) => ({ assistantId: assistantId ?? null, from: iso(fromMs) })),
    suggestions: suggestions.map(suggestionTruth),
    shown,
    outcome: outcome ?? null,
  };
}

function suggestionTruth(suggestion: Suggestion): object {
  const { id, type, createdMs, text, textMs, moves, context } = suggestion;
  return {
    id,
    type,
    assistantId: context.assistantId,
    created: iso(createdMs),
    state: stateOf(suggestion),
    states: moves.map(({ state, atMs }) => ({ state, at: iso(atMs) })),
    text: text ?? null,
    textAt: textMs === undefined ? null : iso(textMs),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
