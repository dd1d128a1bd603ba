/** `POST /api/v2/analytics/agentcopilots/aggregates/query` and `.../conversations/aggregates/query` */
import { Hono } from 'hono';
import type { Conversation } from '../../conversations.ts';
import { requireRight } from '../../guard.ts';
import type { SandboxEnv } from '../../http-context.ts';
import { jsonBody } from '../../json-body.ts';
import type { CopilotOrganisation } from '../copilot-organisation.ts';
import { aggregate } from './aggregate.ts';
import { knownAt } from './fact.ts';
import type { Fact } from './fact.ts';
import { conversationFacts, CONVERSATION_WORDS, copilotFacts, COPILOT_WORDS } from './facts.ts';
import { aggregateQueryOf } from './query.ts';
import type { Vocabulary } from './query.ts';

export function aggregateRoutes({ settings, conversations, now }: CopilotOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const answer = (
    body: unknown,
    words: Vocabulary,
    factsOf: (found: readonly Conversation[]) => Iterable<Fact>,
  ): object => {
    const query = aggregateQueryOf(body, words);
    return aggregate(query, known(factsOf(conversations()), now()));
  };
  function* known(facts: Iterable<Fact>, nowMs: number): Iterable<Fact> {
    for (const fact of facts) {
      const told = knownAt(fact, settings, nowMs);
      if (told !== undefined) yield told;
    }
  }
  app.post(
    '/agentcopilots/aggregates/query',
    requireRight('analytics:readonly', 'analytics:agentCopilotAggregate:view'),
    async (c) => c.json(answer(await jsonBody(c), COPILOT_WORDS, copilotFacts)),
  );
  app.post(
    '/conversations/aggregates/query',
    requireRight('analytics:readonly', 'analytics:conversationAggregate:view'),
    async (c) => c.json(answer(await jsonBody(c), CONVERSATION_WORDS, conversationFacts)),
  );
  return app;
}
