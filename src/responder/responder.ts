/**
 * Hears what agents do with the suggestions of the rollouts that the store knows, tells it as events of our cards, and
 * answers for rules. Any number of them may run: whatever two hear is stored once, and answered once.
 */
import type { Suggestion } from '../domain/plan/plan.ts';
import { versionsOf } from '../domain/rollout/deployment.ts';
import { createLeaseClock } from '../domain/shared/lease-clock.ts';
import { assistantQueuesOf } from '../domain/split/assistant-queues.ts';
import type { GenesysClient } from '../genesys/client.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import { FEED_SETTINGS } from '../genesys/notifications-feed.ts';
import type { CopilotRow } from '../store/copilot.ts';
import { readTexts } from '../store/copilot-texts.ts';
import type { Database } from '../store/database.ts';
import { createAnswering } from './answering.ts';
import type { AnswerCounts } from './answering.ts';
import { createEventBuffer } from './event-buffer.ts';
import { createFollower } from './follower.ts';
import { assistantOf, createHearing } from './hearing.ts';
import { createResponderState } from './state.ts';
import { SUGGESTION_KINDS, THIRD_PARTY } from './suggestion-told.ts';
import type { SuggestionKind } from './suggestion-told.ts';

export interface ResponderParts {
  readonly client: GenesysClient;
  /** With a rate of its own: following must not use up what answers need. */
  readonly answers: Pick<GenesysClient, 'suggestions'>;
  readonly db: Database;
  readonly now: () => number;
  readonly random: () => number;
  readonly logger: GenesysLogger & { warn(fields: object, message: string): void };
  /** From a conversation's first word to its topics; default half a second. */
  readonly groupMs?: number;
}

export interface ResponderCounts extends Readonly<AnswerCounts> {
  readonly conversations: number;
  readonly unheard: number;
  readonly lostEvents: number;
}

export interface Responder {
  readonly id: string;
  readonly counts: ResponderCounts;
  /** Rejects when the organisation refuses what waiting does not mend. */
  readonly running: Promise<never>;
  close(): Promise<void>;
}

/** Of the 20 that the platform allows a client. */
const MAX_CHANNELS = 10;
const QUEUES_EVERY_MS = 60_000;
const TROUBLE_EVERY_MS = 10_000;

export async function startResponder(parts: ResponderParts): Promise<Responder> {
  const { client, db, now, logger } = parts;
  const onTrouble = createReporter(logger);
  let fail: (error: unknown) => void = () => undefined;
  const running = new Promise<never>((_, reject) => {
    fail = reject;
  });
  running.catch(() => undefined);
  const events = createEventBuffer(db, { now, onTrouble });
  const clock = createLeaseClock(() => performance.now(), Date.now);
  const state = createResponderState({ db, onRows: (rows) => void refollow(rows), onTrouble, clock });
  const texts = createTexts(db);
  const answering = createAnswering({ db, ...parts.answers, state, events, textOf: texts, onTrouble, clock });
  const hearing = createHearing({ db, rows: () => state.rows, events, answering, now, onTrouble });
  const follower = createFollower({
    ...client,
    ...parts,
    settings: { ...FEED_SETTINGS, groupMs: parts.groupMs ?? 500 },
    maxChannels: MAX_CHANNELS,
    onTrouble,
    onFailure: fail,
    onConversation: hearing.onConversation,
    onSuggestion: hearing.onSuggestion,
  });
  // A text that is read when it is needed would be missing when the store is away.
  const knowTexts = (rows: readonly CopilotRow[]): void => {
    for (const { deployment } of rows)
      for (const { id } of deployment.target === 'copilotSuggestions' ? versionsOf(deployment) : [])
        texts(id).catch(onTrouble);
  };
  const refollow = async (rows: readonly CopilotRow[]): Promise<void> => {
    knowTexts(rows);
    await queuesOf(client, rows).then((queues) => follower.follow(queues), onTrouble);
  };
  await follower.start();
  await state.start();
  const timer = setInterval(() => void refollow(state.rows), QUEUES_EVERY_MS);
  return {
    id: state.id,
    running,
    get counts() {
      const { open: conversations, unheard } = follower;
      return { ...answering.counts, conversations, unheard, lostEvents: events.lost + hearing.lost + answering.lost };
    },
    async close() {
      clearInterval(timer);
      follower.close();
      await answering.close();
      await state.close();
      await hearing.drain();
      await events.drain();
    },
  };
}

/** Which suggestions are of use in which queue. */
async function queuesOf(
  { assistants }: Pick<GenesysClient, 'assistants'>,
  rows: readonly CopilotRow[],
): Promise<ReadonlyMap<string, readonly SuggestionKind[]>> {
  const queues = new Map<string, Set<SuggestionKind>>();
  const add = (id: string, kinds: readonly SuggestionKind[]): void =>
    void queues.set(id, new Set([...(queues.get(id) ?? []), ...kinds]));
  for (const { deployment } of rows) {
    const divided = assistantQueuesOf(deployment);
    if (divided?.unit === 'queue') for (const { id } of divided.queues) add(id, SUGGESTION_KINDS);
    else if (divided?.unit === 'agent') for (const id of Object.keys(divided.assistants)) add(id, []);
    else if (deployment.target === 'copilotSuggestions')
      for await (const { id } of assistants.queuesOf(assistantOf(deployment))) add(id, [THIRD_PARTY]);
  }
  return new Map([...queues].map(([id, kinds]) => [id, [...kinds]]));
}

function createTexts(db: Database): (versionId: string) => Promise<Suggestion> {
  const known = new Map<string, Suggestion>();
  return async (versionId) => {
    const found = known.get(versionId) ?? (await readTexts(db, [versionId]))[0]?.content;
    if (found === undefined) throw new Error(`The store has no text ${versionId}.`);
    known.set(versionId, found);
    return found;
  };
}

/** A store or an organisation that is away fails many calls: it is said once in a while. */
function createReporter(logger: ResponderParts['logger']): (error: unknown) => void {
  let saidAt = -Infinity;
  let unsaid = 0;
  return (error) => {
    unsaid += 1;
    if (performance.now() - saidAt < TROUBLE_EVERY_MS) return;
    logger.warn({ err: error, times: unsaid }, 'the responder has trouble');
    saidAt = performance.now();
    unsaid = 0;
  };
}
