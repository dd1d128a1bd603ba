/** `/api/v2`: what is imitated of the public API, and the two resources of the tutorial. */
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { noSuchResource } from './api-error.ts';
import { auditRoutes } from './audit-routes.ts';
import { auditWrites } from './audited-writes.ts';
import { authorizationRoutes } from './authorization-routes.ts';
import { copilotRoutes } from './copilot/copilot-routes.ts';
import { presentConversation } from './conversations.ts';
import { queryDetails } from './details-query.ts';
import { pageOf } from './documents.ts';
import { requireRight, requireToken, requireTutorialRight } from './guard.ts';
import { etagOf, refuseStaleWrite } from './etag.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { integrationRoutes } from './integrations/routes.ts';
import { jsonBody } from './json-body.ts';
import { limitsRoutes } from './limits-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { messageRoutes } from './messages.ts';
import { refuseOthers } from './not-imitated.ts';
import { notificationRoutes } from './notification-routes.ts';
import { oauthClientRoutes } from './oauth-client-routes.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { groupRoutes, conversationRoutes, userRoutes } from './people-routes.ts';
import { queueRoutes, skillRoutes } from './routing-routes.ts';
import { tokenInfoRoutes } from './token-info-routes.ts';
import { transcriptionRoutes } from './transcription-routes.ts';

export function apiRoutes(org: SandboxOrganisation, transcriptUrls: Hono<SandboxEnv>): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireToken(org), refuseOthers, auditWrites(org));
  app.route(
    '/agentassist/actions',
    documentRoutes(org.actions, { scope: 'agentassist:action', permission: 'agentassist:action' }),
  );
  app.route(
    '/analytics/event-exports',
    documentRoutes(org.exports, { scope: 'event:export', permission: 'analytics:eventExport' }),
  );
  app.route('/integrations', integrationRoutes(org));
  app.route('/users', userRoutes(org));
  app.route('/groups', groupRoutes(org));
  app.route('/teams', teamRoutes(org));
  app.route('/conversations', conversationRoutes(org));
  app.route('/conversations/messages', messageRoutes(org));
  app.route('/notifications', notificationRoutes(org));
  app.route('/', copilotRoutes(org.copilot));
  app.route('/routing/queues', queueRoutes(org));
  app.route('/routing/queues', memberRoutes(org));
  app.route('/routing/settings/transcription', transcriptionRoutes(org));
  app.route('/tokens/me', tokenInfoRoutes(org));
  app.route('/audits', auditRoutes(org));
  app.route('/authorization', authorizationRoutes(org));
  app.route('/organizations/limits', limitsRoutes(org.settings));
  app.route('/oauth/clients', oauthClientRoutes(org));
  app.route('/routing/skills', skillRoutes(org));
  app.route('/speechandtextanalytics', transcriptUrls);
  const mayQuery = requireRight('analytics:readonly', 'analytics:conversationDetail:view');
  app.post('/analytics/conversations/details/query', mayQuery, async (c) =>
    c.json(queryDetails(await jsonBody(c), org.conversations.all(), org.settings.now())),
  );
  app.get('/analytics/conversations/:id/details', mayQuery, (c) => {
    const conversation = org.conversations.find(c.req.param('id'));
    if (conversation === undefined) throw noSuchResource();
    return c.json(presentConversation(conversation, org.settings.now()));
  });
  return app;
}

interface Store {
  list(page: ReturnType<typeof pageOf>): Record<string, unknown>;
  get(id: string): object;
  create(body: unknown): object;
  replace(id: string, body: unknown): object;
  remove(id: string): void;
}

/** What may be called: scopes end in `:read` and `:write`, permissions in `:view`, `:add`, `:edit` and `:delete`. */
interface Rights {
  readonly scope: string;
  readonly permission: string;
}

function documentRoutes(store: Store, { scope, permission }: Rights): Hono<SandboxEnv> {
  const reads = requireTutorialRight(`${scope}:read`, `${permission}:view`);
  const writes = (verb: string): MiddlewareHandler<SandboxEnv> =>
    requireTutorialRight(`${scope}:write`, `${permission}:${verb}`);
  const app = new Hono<SandboxEnv>();
  app.get('/', reads, (c) => c.json(store.list(pageOf(c.req.query()))));
  app.post('/', writes('add'), async (c) => tagged(c, store.create(await jsonBody(c))));
  app.get('/:id', reads, (c) => tagged(c, store.get(c.req.param('id'))));
  app.put('/:id', writes('edit'), async (c) => {
    const body = await jsonBody(c);
    refuseStaleWrite(c.req.header('if-match'), store.get(c.req.param('id')));
    return tagged(c, store.replace(c.req.param('id'), body));
  });
  app.delete('/:id', writes('delete'), (c) => {
    store.remove(c.req.param('id'));
    return c.body(null, 204);
  });
  return app;
}

function tagged(c: SandboxContext, document: object): Response {
  c.header('etag', etagOf(document));
  return c.json(document);
}
