/**
 * Whose card it is that was told of. What a third party is asked for is of the action whose texts the assistant gives,
 * also where a rollout of queues has that assistant: asked later, or never, agents would be without a text that serves.
 * Among rollouts of a kind those that go on come before those that have ended.
 */
import type { TargetOf } from '../domain/plan/target-schema.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { assistantQueuesOf, assistedAgents, versionOfSuggestion } from '../domain/split/assistant-queues.ts';
import { stillServes } from '../domain/split/served-text.ts';
import type { CopilotRow } from '../store/copilot.ts';
import { answersOf } from '../store/copilot-answers.ts';
import type { Database } from '../store/database.ts';
import type { ConversationTold } from '../transcripts/queue-event.ts';
import type { Answering } from './answering.ts';
import { createBacklog } from './backlog.ts';
import { eventOf, handledEvent } from './engagement.ts';
import type { Of } from './engagement.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { SuggestionTold } from './suggestion-told.ts';

export interface HearingParts {
  readonly db: Database;
  readonly rows: () => readonly CopilotRow[];
  readonly events: EventBuffer;
  readonly answering: Pick<Answering, 'ask'>;
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

export interface Hearing {
  readonly onSuggestion: (told: SuggestionTold, live: boolean) => void;
  readonly onConversation: (told: ConversationTold) => void;
  /** Thrown away since the beginning, for the store was away too long. */
  readonly lost: number;
  drain(): Promise<void>;
}

/** What agents did with a text of ours. */
interface Act {
  readonly row: CopilotRow;
  readonly told: SuggestionTold;
  /** Of what card it is where the text was not ours; null: of none. */
  readonly otherwise: Of | null;
  /** How often the store said that the text has not been given yet. */
  asked: number;
}

const MAX_ACTS = 10_000;
/** Half a minute: whoever gave it has put that on record by then, or never will. */
const MAX_ASKED = 60;

export function createHearing({ db, rows, events, answering, now, onTrouble }: HearingParts): Hearing {
  /** Which text it was is asked of the store: until it answers, and says that the text was given. */
  const tellActs = async (given: readonly Act[]): Promise<readonly Act[]> => {
    const answers = await answersOf(db, [...new Set(given.map(({ told }) => told.suggestionId))]);
    const again: Act[] = [];
    for (const act of given) {
      const answer = answers.find(({ suggestionId }) => suggestionId === act.told.suggestionId);
      if (answer === undefined) {
        if (act.otherwise !== null) events.add(eventOf(act.told, act.otherwise));
        continue;
      }
      act.asked += 1;
      if (answer.answeredAt === null && act.asked < MAX_ASKED) again.push(act);
      if (answer.answeredAt === null || !answer.isCounted) continue;
      const { baseline, candidate, actionName } = act.row.deployment;
      const version = [candidate, baseline].find((ref) => ref?.id === answer.versionId);
      if (version != null) events.add(eventOf(act.told, { actionName, version }));
    }
    return again;
  };
  const acts = createBacklog<Act>({ work: tellActs, maxWaiting: MAX_ACTS, onTrouble });
  const hearThirdParty = (row: CopilotRow, told: SuggestionTold, live: boolean): void => {
    if (told.state !== 'Suggested' && told.state !== 'Triggered') acts.add({ row, told, otherwise: null, asked: 0 });
    else if (told.text === null) answering.ask(row, told, live ? 0 : Math.max(0, now() - told.atMs));
  };
  return {
    onSuggestion(told, live) {
      const row = told.isThirdParty ? textRowOf(rows(), told.assistantId) : undefined;
      const card = cardOfQueues(rows(), told);
      if (row !== undefined && (card === null || stillServes(row))) return hearThirdParty(row, told, live);
      // Without a text there is nothing yet that an agent could see.
      if (card === null || (told.isThirdParty && told.text === null)) return;
      if (row === undefined) events.add(eventOf(told, card));
      else acts.add({ row, told, otherwise: card, asked: 0 });
    },
    onConversation({ conversationId, queueId, agentId, mediaType }) {
      for (const { deployment, splitPercent, retired } of rows()) {
        const divided = assistantQueuesOf(deployment);
        const { candidate: version, actionName } = deployment;
        if (divided?.unit !== 'agent' || version === null || agentId === null || retired === 'candidate') continue;
        if (!(queueId in divided.assistants) || !divided.agents.some(({ id }) => id === agentId)) continue;
        const isAssisted = assistedAgents(deployment, divided, splitPercent).has(agentId);
        const handled = { conversationId, queueId, agentId, mediaType, atMs: now() };
        return events.add(handledEvent(handled, { actionName, version }, isAssisted));
      }
    },
    get lost() {
      return acts.lost;
    },
    drain: () => acts.drain(),
  };
}

/** Whose texts the assistant gives; where it gives none any more, whose it gave. */
function textRowOf(rows: readonly CopilotRow[], assistantId: string): CopilotRow | undefined {
  const ofIt = rows.filter(
    ({ deployment }) => deployment.target === 'copilotSuggestions' && assistantOf(deployment) === assistantId,
  );
  return ofIt.find(stillServes) ?? ofIt[0];
}

/** Of a rollout that divides the queue between this assistant and another. */
function cardOfQueues(rows: readonly CopilotRow[], told: SuggestionTold): Of | null {
  for (const { deployment } of rows) {
    const divided = assistantQueuesOf(deployment);
    const version = divided?.unit === 'queue' ? versionOfSuggestion(deployment, divided, told) : null;
    if (version !== null) return { actionName: deployment.actionName, version };
  }
  return null;
}

export function assistantOf({ handle }: Pick<Deployment, 'handle'>): string {
  return (handle as TargetOf<'copilotSuggestions'>).assistant;
}
