/** What of Agent Copilot is below `/api/v2`. */
import { Hono } from 'hono';
import type { SandboxEnv } from '../http-context.ts';
import { aggregateRoutes } from './aggregates/routes.ts';
import { assistantQueueRoutes, queueAssistantRoute } from './assistant-queue-routes.ts';
import { assistantRoutes } from './assistant-routes.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { queueUserRoutes } from './queue-user-routes.ts';
import { suggestionRoutes } from './suggestion-routes.ts';

export function copilotRoutes(copilot: CopilotOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  // Before `/assistants/:id`, for which `queues` would be an id.
  app.route('/assistants', assistantQueueRoutes(copilot));
  app.route('/assistants', queueUserRoutes(copilot));
  app.route('/assistants', assistantRoutes(copilot));
  app.route('/conversations', suggestionRoutes(copilot));
  app.route('/analytics', aggregateRoutes(copilot));
  app.route('/routing/queues', queueAssistantRoute(copilot));
  return app;
}
