/** What customers typed, by the ids that the topics of a queue tell: `POST /conversations/messages/{id}/messages/bulk`. */
import { Hono } from 'hono';
import { z } from 'zod';
import { noSuchResource, parseBody } from './api-error.ts';
import { isSaid } from './conversations.ts';
import type { Conversation } from './conversations.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { utteranceIdOf } from './speech.ts';
import type { ScriptedUtterance } from './traffic/script.ts';

const idsSchema = z.array(z.string()).max(1000);

export function messageRoutes({ conversations, settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const view = requireRight('conversations:readonly', 'conversation:message:view');
  app.post('/:id/messages/bulk', view, async (c) => {
    const ids = parseBody(idsSchema, await jsonBody(c));
    const conversation = conversations.find(c.req.param('id'));
    if (conversation?.mediaType !== 'message') throw noSuchResource();
    const isNormalized = c.req.query('useNormalizedMessage') === 'true';
    const entities = conversation.utterances
      .filter((one) => isSaid(conversation, one, settings.now()))
      .filter(({ afterMs }) => ids.includes(utteranceIdOf(conversation.id, afterMs)))
      .map((one) => presentMessage(conversation, one, isNormalized));
    return c.json({ entities });
  });
  return app;
}

function presentMessage(conversation: Conversation, { afterMs, text }: ScriptedUtterance, isNormalized: boolean) {
  const { id: conversationId, startMs } = conversation;
  const id = utteranceIdOf(conversationId, afterMs);
  return {
    id,
    timestamp: new Date(startMs + afterMs).toISOString(),
    direction: 'inbound',
    messengerType: 'webmessaging',
    status: 'received',
    ...(!isNormalized && { textBody: text }),
    normalizedMessage: { id, type: 'Text', text, direction: 'Inbound' },
    conversationId,
    selfUri: `/api/v2/conversations/messages/${conversationId}/messages/${id}`,
  };
}
