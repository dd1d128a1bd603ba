/** `/api/v2/conversations/{id}/suggestions` */
import { Hono } from 'hono';
import { z } from 'zod';
import { noSuchResource, parseBody } from '../api-error.ts';
import { requireRight } from '../guard.ts';
import type { SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import type { CopilotOrganisation } from './copilot-organisation.ts';
import { cursorListing, oneOf } from './cursor.ts';
import { stateOf } from './record.ts';
import { presentSuggestion } from './suggestion-shapes.ts';
import { suggestionIn } from './suggestions.ts';

const TYPES = [
  'Faq',
  'Article',
  'KnowledgeArticle',
  'KnowledgeSearch',
  'CannedResponse',
  'Script',
  'SuggestedKnowledgeAnswer',
  'ThirdPartySuggestion',
] as const;
const STATES = ['Suggested', 'Accepted', 'Dismissed', 'Failed', 'Rated'] as const;

const text = z.string().max(100_000);
const patchSchema = z.object({
  thirdPartySuggestion: z.object({
    text: text.optional(),
    title: text.optional(),
    sources: z.array(z.object({ name: text.optional(), url: text.optional() })).optional(),
  }),
});
const engagementSchema = z
  .object({
    engagementType: z.enum(['Dismissed', 'Copied', 'Opened', 'Feedback']),
    feedback: z.object({ rating: z.enum(['Negative', 'Positive']) }).optional(),
  })
  .refine(({ engagementType, feedback }) => engagementType !== 'Feedback' || feedback !== undefined, {
    path: ['feedback'],
    message: 'A rating is expected where engagementType is Feedback',
  });

export function suggestionRoutes(copilot: CopilotOrganisation): Hono<SandboxEnv> {
  const { traffic, settings } = copilot;
  const app = new Hono<SandboxEnv>();
  const view = requireRight('conversations:readonly', 'conversation:suggestion:view');
  app.get('/:conversationId/suggestions', view, (c) => {
    const id = c.req.param('conversationId');
    const all = copilot.recordOf(id)?.suggestions ?? [];
    if (all.length === 0 && !(settings.emptyIsFound && copilot.isServed(id))) throw noSuchResource();
    const { type, state } = c.req.query();
    if (type !== undefined) oneOf('type', type, TYPES);
    if (state !== undefined) oneOf('state', state, STATES);
    const found = all
      .filter((suggestion) => type === undefined || suggestion.type === type)
      .filter((suggestion) => state === undefined || stateOf(suggestion) === state);
    return c.json(cursorListing(`/api/v2/conversations/${id}/suggestions`, found, c.req.query(), presentSuggestion));
  });
  app.get('/:conversationId/suggestions/:id', view, (c) =>
    c.json(presentSuggestion(suggestionIn(copilot.recordOf(c.req.param('conversationId')), c.req.param('id')))),
  );
  app.patch(
    '/:conversationId/suggestions/:id',
    requireRight('conversations', 'conversation:suggestion:edit'),
    async (c) => {
      const body = parseBody(patchSchema, await jsonBody(c));
      const found = suggestionIn(copilot.recordOf(c.req.param('conversationId')), c.req.param('id'));
      traffic.suggestions.answer(found, body.thirdPartySuggestion, copilot.now());
      return c.json(presentSuggestion(found));
    },
  );
  app.post(
    '/:conversationId/suggestions/:id/engagement',
    requireRight('conversations:readonly', 'conversation:suggestionEngagement:add'),
    async (c) => {
      const engagement = parseBody(engagementSchema, await jsonBody(c));
      const found = suggestionIn(copilot.recordOf(c.req.param('conversationId')), c.req.param('id'));
      traffic.suggestions.engage(found, engagement, copilot.now());
      return c.json(engagement);
    },
  );
  return app;
}
