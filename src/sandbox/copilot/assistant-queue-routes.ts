/** The queues of assistants: `/api/v2/assistants/queues`, `/api/v2/assistants/{id}/queues` and a queue's `/assistant`. */
import { Hono } from 'hono';
import { z } from 'zod';
import { noSuchResource, parseBody, badRequest } from '../api-error.ts';
import { requireRight } from '../guard.ts';
import type { SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import { presentAssistant } from './assistant-routes.ts';
import { assertSameQueue, idsOf } from './assistant-queues.ts';
import { assistantQueueBodySchema } from './bodies.ts';
import type { AssistantQueue } from './bodies.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { cursorListing, expanded } from './cursor.ts';

const PATH = '/api/v2/assistants';
const view = requireRight('assistants:readonly', 'assistants:queue:view');
const edit = requireRight('assistants', 'assistants:queue:edit');
const mayDelete = requireRight('assistants', 'assistants:queue:delete');

export function assistantQueueRoutes(copilot: CopilotOrganisation): Hono<SandboxEnv> {
  const { assistants, queues } = copilot;
  const app = new Hono<SandboxEnv>();
  const listing = (path: string, found: readonly AssistantQueue[], query: Record<string, string>): object => {
    const words = expanded(query['expand'], ['assistant']);
    return cursorListing(path, found, query, (queue) => presentQueue(copilot, queue, words));
  };
  app.get('/queues', view, (c) => {
    const ids = idsOf(c.req.query('queueIds'));
    const found = queues.all().filter(({ id }) => ids.length === 0 || ids.includes(id));
    return c.json(listing(`${PATH}/queues`, found, c.req.query()));
  });
  app.get('/:id/queues', view, (c) => {
    const { id } = assistants.get(c.req.param('id'));
    const found = queues.all().filter(({ assistantId }) => assistantId === id);
    return c.json(listing(`${PATH}/${id}/queues`, found, c.req.query()));
  });
  app.patch('/:id/queues', edit, async (c) => {
    const { id } = assistants.get(c.req.param('id'));
    const put = queues.put(id, parseBody(z.array(assistantQueueBodySchema), await jsonBody(c)));
    return c.json(listing(`${PATH}/${id}/queues`, put, { pageSize: '200' }));
  });
  app.delete('/:id/queues', mayDelete, (c) => {
    const { id } = assistants.get(c.req.param('id'));
    const ids = idsOf(c.req.query('queueIds'));
    if (ids.length === 0) throw badRequest('queueIds names no queue.');
    queues.remove(id, ids);
    return c.body(null, 204);
  });
  app.get('/:id/queues/:queueId', view, (c) => {
    const queue = queues.get(c.req.param('id'), c.req.param('queueId'));
    return c.json(presentQueue(copilot, queue, expanded(c.req.query('expand'), ['assistant'])));
  });
  app.put('/:id/queues/:queueId', edit, async (c) => {
    const [{ id }, queueId] = [assistants.get(c.req.param('id')), c.req.param('queueId')];
    const body = parseBody(assistantQueueBodySchema, await jsonBody(c));
    assertSameQueue(queueId, body.id);
    const isNew = queues.ofQueue(queueId)?.assistantId !== id;
    const [queue] = queues.put(id, [body]);
    if (queue === undefined) throw noSuchResource();
    return c.json(presentQueue(copilot, queue, []), isNew ? 201 : 200);
  });
  app.delete('/:id/queues/:queueId', mayDelete, (c) => {
    const { id, assistantId } = queues.get(c.req.param('id'), c.req.param('queueId'));
    queues.remove(assistantId, [id]);
    return c.body(null, 204);
  });
  return app;
}

/** `GET /api/v2/routing/queues/{queueId}/assistant` */
export function queueAssistantRoute(copilot: CopilotOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/:queueId/assistant', view, (c) => {
    const queue = copilot.queues.ofQueue(c.req.param('queueId'));
    if (queue === undefined) throw noSuchResource();
    return c.json(presentQueue(copilot, queue, expanded(c.req.query('expand'), ['assistant', 'copilot'])));
  });
  return app;
}

/** The assistant itself is in it only where it is asked for. */
export function presentQueue(
  { assistants }: CopilotOrganisation,
  { id, mediaTypes, assistantId, dateCreated, dateModified }: AssistantQueue,
  words: readonly string[],
): object {
  const assistant = words.length === 0 ? undefined : assistants.find(assistantId);
  return {
    id,
    mediaTypes,
    ...(assistant !== undefined && { assistant: presentAssistant(assistant, words) }),
    dateCreated,
    dateModified,
    selfUri: `${PATH}/${assistantId}/queues/${id}`,
  };
}
