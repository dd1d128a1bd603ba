/** The sandbox with conversations in which a copilot suggests, a store, and responders that follow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { startResponder } from '../../src/responder/responder.ts';
import type { Responder, ResponderParts } from '../../src/responder/responder.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { Database } from '../../src/store/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { ToldConversation, ToldSuggestion } from '../sandbox/copilot/helpers.ts';

export interface SpokenTo {
  readonly sandbox: SandboxHandle;
  readonly client: GenesysClient;
  respond(more?: Partial<ResponderParts>): Promise<Responder>;
  newClient(): GenesysClient;
  truth(): Promise<readonly ToldConversation[]>;
  /** Of third parties. */
  texts(): Promise<readonly Shown[]>;
  traffic(settings: object): Promise<void>;
  fault(rule: object): Promise<void>;
  close(): Promise<void>;
}

export interface Shown extends ToldSuggestion {
  readonly conversationId: string;
}

export async function startSpokenTo(db: Database, options: SandboxOptions = {}): Promise<SpokenTo> {
  const sandbox = await startSandbox({
    rateLimitPerMinute: 30_000,
    // No more than a slow machine answers before its conversations are over.
    traffic: { cardsPerSecond: 6, agents: 20, utteranceGapMs: 1_200 },
    ...options,
  });
  const closers: (() => Promise<void>)[] = [];
  const newClient = (): GenesysClient => {
    const client = createGenesysClient({
      loginUrl: sandbox.url,
      apiUrl: sandbox.url,
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      callsPerMinute: 30_000,
      maxWaitMs: 1_000,
      now: Date.now,
      sleep: (ms) => sleep(ms),
    });
    closers.push(() => Promise.resolve(client.close()));
    return client;
  };
  const truth = async (): Promise<readonly ToldConversation[]> => {
    const answer = await fetch(`${sandbox.url}/sandbox/copilot/conversations`);
    return ((await answer.json()) as { conversations: ToldConversation[] }).conversations;
  };
  const tell = async (path: string, body: object, method = 'POST'): Promise<void> => {
    const answer = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    sandbox,
    client: newClient(),
    newClient,
    truth,
    async respond(more = {}) {
      const responder = await startResponder({
        client: newClient(),
        answers: newClient(),
        db,
        now: Date.now,
        random: Math.random,
        logger: { debug: () => undefined, warn: () => undefined },
        groupMs: 50,
        ...more,
      });
      closers.unshift(() => responder.close());
      return responder;
    },
    texts: async () =>
      (await truth()).flatMap(({ conversationId, suggestions }) =>
        suggestions
          .filter(({ type }) => type === 'ThirdPartySuggestion')
          .map((suggestion) => ({ ...suggestion, conversationId })),
      ),
    traffic: (settings) => tell('traffic', settings),
    fault: (rule) => tell('faults', rule),
    async close() {
      for (const close of closers) await close();
      await sandbox.close();
    },
  };
}

/** The store as of a process that loses it. */
export function cutOff(db: Database, away: { readonly is: boolean }): Database {
  const gone = (): Promise<never> => Promise.reject(new Error('the store is away'));
  return {
    ...db,
    query: (sql, params) => (away.is ? gone() : db.query(sql, params)),
    tx: (work) => (away.is ? gone() : db.tx(work)),
    listen: (channel, onNotify) => db.listen(channel, onNotify),
  };
}

export async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`It did not come: ${JSON.stringify(value).slice(0, 2000)}`);
    // What is asked for is all that there ever was.
    await sleep(400);
  }
}

/** The traffic has stopped: every conversation is over, and the store holds what agents did with each card. */
export async function untilAllTold(org: SpokenTo, db: Database): Promise<void> {
  await until(
    () => org.truth(),
    (all) => all.every(({ end }) => Date.parse(end) < Date.now() - 3_000),
  );
  const untold = async (): Promise<readonly string[]> => {
    const made = new Map((await org.truth()).flatMap(({ suggestions }) => suggestions).map((one) => [one.id, one]));
    const lacks = ({ card, outcomes }: StoredExposure): boolean =>
      made.get(card)?.states.some(({ state }) => TOLD.has(state) && !(state.toLowerCase() in outcomes)) ?? false;
    return (await exposures(db)).filter(lacks).map(({ card }) => card);
  };
  await until(untold, (cards) => cards.length === 0);
}
const TOLD: ReadonlySet<string> = new Set(['Accepted', 'Dismissed']);

export interface StoredExposure {
  readonly card: string;
  readonly actionId: string;
  readonly version: string;
  readonly agent: string;
  readonly withheld: boolean;
  readonly outcomes: Readonly<Record<string, number>>;
}

export function exposures(db: Database): Promise<StoredExposure[]> {
  return db.query<StoredExposure>(
    'select card_id as card, action_id as "actionId", version, agent_id as agent, withheld, outcomes from exposures',
  );
}
