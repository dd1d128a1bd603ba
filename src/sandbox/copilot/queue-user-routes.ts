/** Which users of a queue are assisted: `/api/v2/assistants/{id}/queues/{queueId}/users`. */
import { Hono } from 'hono';
import { parseBody } from '../api-error.ts';
import { requireRight } from '../guard.ts';
import type { SandboxContext, SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import { presentQueue } from './assistant-queue-routes.ts';
import type { BulkOutcome } from './assistant-queues.ts';
import { queueUsersBodySchema, usersJobBodySchema } from './bodies.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { expanded } from './cursor.ts';

const USERS = '/:id/queues/:queueId/users';

export function queueUserRoutes(copilot: CopilotOrganisation): Hono<SandboxEnv> {
  const { queues } = copilot;
  const app = new Hono<SandboxEnv>();
  app.post(`${USERS}/jobs`, requireRight('assistants', 'assistants:queueUserJob:add'), async (c) => {
    const { action } = parseBody(usersJobBodySchema, await jsonBody(c));
    const job = queues.startJob(c.req.param('id'), c.req.param('queueId'), action);
    return c.json(presentJob(job), job.status === 'InProgress' ? 202 : 200);
  });
  app.get(`${USERS}/jobs/:jobId`, requireRight('assistants:readonly', 'assistants:queueUserJob:view'), (c) =>
    c.json(presentJob(queues.jobOf(c.req.param('id'), c.req.param('queueId'), c.req.param('jobId')))),
  );
  app.post(`${USERS}/bulk/add`, requireRight('assistants', 'assistants:queueUserAssignment:add'), async (c) =>
    bulkAnswer(c, queues.addUsers(c.req.param('id'), c.req.param('queueId'), await usersAsked(c))),
  );
  app.post(`${USERS}/bulk/remove`, requireRight('assistants', 'assistants:queueUserAssignment:delete'), async (c) =>
    bulkAnswer(c, queues.removeUsers(c.req.param('id'), c.req.param('queueId'), await usersAsked(c))),
  );
  app.post(`${USERS}/query`, requireRight('assistants:readonly', 'assistants:queueUserAssignment:view'), async (c) => {
    const [id, queueId] = [c.req.param('id'), c.req.param('queueId')];
    const words = (c.req.queries('expand') ?? []).flatMap((text) => expanded(text, ['assistant', 'copilot']));
    const users = queues.usersOf(id, queueId, await usersAsked(c));
    return c.json({
      queue: presentQueue(copilot, queues.get(id, queueId), words),
      users: users.map((userId) => ({ id: userId, selfUri: `/api/v2/users/${userId}` })),
    });
  });
  return app;
}

async function usersAsked(c: SandboxContext): Promise<readonly string[]> {
  return parseBody(queueUsersBodySchema, await jsonBody(c)).entities.map(({ id }) => id);
}

/** 204 where all went well; a 200 tells which did not. */
function bulkAnswer(c: SandboxContext, outcome: BulkOutcome): Response {
  const errorIndexes = outcome.flatMap(({ error }, i) => (error === undefined ? [] : [i]));
  if (errorIndexes.length === 0) return c.body(null, 204);
  const results = outcome.map(({ id, error }) => (error === undefined ? { entity: { id } } : { error }));
  return c.json({ results, errorCount: errorIndexes.length, errorIndexes });
}

function presentJob(job: ReturnType<CopilotOrganisation['queues']['jobOf']>): object {
  const { id, assistantId, queueId, status } = job;
  return {
    id,
    status,
    ...(status === 'Failed' && {
      errorInfo: { code: 'request.conflict', message: 'The queue has another assistant.' },
    }),
    selfUri: `/api/v2/assistants/${assistantId}/queues/${queueId}/users/jobs/${id}`,
  };
}
