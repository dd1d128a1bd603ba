/** `/api/v2/assistants`, with the copilot of each. */
import { Hono } from 'hono';
import { ApiError } from '../api-error.ts';
import { requireRight } from '../guard.ts';
import type { SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import type { Assistant } from './bodies.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { cursorListing, expanded } from './cursor.ts';

const PATH = '/api/v2/assistants';

export function assistantRoutes({ assistants, queues, settings }: CopilotOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const may = (verb: string): ReturnType<typeof requireRight> =>
    requireRight(verb === 'view' ? 'assistants:readonly' : 'assistants', `assistants:assistant:${verb}`);
  app.get('/', may('view'), (c) => {
    const { name, expand } = c.req.query();
    const found = assistants.all().filter((assistant) => name === undefined || assistant.name === name);
    const words = expanded(expand, ['copilot']);
    return c.json(cursorListing(PATH, found, c.req.query(), (assistant) => presentAssistant(assistant, words)));
  });
  app.post('/', may('add'), async (c) =>
    c.json(presentAssistant(assistants.create(await jsonBody(c), c.get('client').id))),
  );
  app.get('/:id', may('view'), (c) =>
    c.json(presentAssistant(assistants.get(c.req.param('id')), expanded(c.req.query('expand'), ['copilot']))),
  );
  app.patch('/:id', may('edit'), async (c) =>
    c.json(presentAssistant(assistants.update(c.req.param('id'), await jsonBody(c), c.get('client').id))),
  );
  app.delete('/:id', may('delete'), (c) => {
    const { id } = assistants.get(c.req.param('id'));
    const its = queues.all().filter(({ assistantId }) => assistantId === id);
    if (its.length > 0 && !settings.deletesWithQueues) throw stillHasQueues();
    queues.remove(
      id,
      its.map((queue) => queue.id),
    );
    assistants.remove(id);
    return c.body(null, 204);
  });
  app.get('/:id/copilot', requireRight('assistants:readonly', 'assistants:copilot:view'), (c) =>
    c.json(assistants.copilotOf(c.req.param('id'))),
  );
  app.put('/:id/copilot', requireRight('assistants', 'assistants:copilot:edit'), async (c) =>
    c.json(assistants.putCopilot(c.req.param('id'), await jsonBody(c), c.get('client').id)),
  );
  return app;
}

export function presentAssistant({ copilot, ...rest }: Assistant, words: readonly string[] = []): object {
  return copilot !== undefined && words.includes('copilot') ? { ...rest, copilot } : rest;
}

function stillHasQueues(): ApiError {
  return new ApiError({
    status: 409,
    code: 'request.conflict',
    message: 'The request conflicts with the current state of the target resource.',
  });
}
