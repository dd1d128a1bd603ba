/** Which text is given when, and what of it is a card: by a clock that the test moves, over a real store. */
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Deployment, VersionRef } from '../../src/domain/rollout/deployment.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import type { SuggestionDocument, Suggestions } from '../../src/genesys/suggestions.ts';
import { createAnswering } from '../../src/responder/answering.ts';
import type { Answering } from '../../src/responder/answering.ts';
import { createHearing } from '../../src/responder/hearing.ts';
import type { Hearing } from '../../src/responder/hearing.ts';
import type { SuggestionState, SuggestionTold } from '../../src/responder/suggestion-told.ts';
import { answersOf } from '../../src/store/copilot-answers.ts';
import { changeCopilotSplit, copilotRows, saveCopilotDeployment } from '../../src/store/copilot.ts';
import type { CopilotRow } from '../../src/store/copilot.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';
import { untilHolds } from '../helpers/patience.ts';

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  for (const table of ['copilot_deployments', 'copilot_answers']) await db.query(`delete from ${table}`);
});

const versionOf = (version: string): VersionRef => ({ id: `of ${version}`, version, fingerprint: {} });
const [OLD, NEW] = [versionOf('1.0.0'), versionOf('1.1.0')];
const ASSISTANT = 'assistant-1';

const conversations = (arm: 'baseline' | 'candidate', count: number): readonly string[] =>
  Array.from({ length: 200 }, (_, at) => `conversation-${at}`)
    .filter((id) => bucketOf(id) < 50 === (arm === 'candidate'))
    .slice(0, count);
const BOTH_ARMS = [...conversations('baseline', 3), ...conversations('candidate', 3)];

const toldOf = (conversationId: string, state: SuggestionState = 'Suggested'): SuggestionTold => ({
  suggestionId: `of ${conversationId}`,
  conversationId,
  isThirdParty: true,
  state,
  atMs: 1_000,
  assistantId: ASSISTANT,
  queueId: 'queue-1',
  userId: 'agent-1',
  mediaType: null,
  language: null,
  text: null,
});

interface World {
  readonly answering: Answering;
  readonly hearing: Hearing;
  readonly events: EngagementEvent[];
  /** Version by conversation. */
  readonly given: Map<string, string>;
  readonly at: { ms: number; isLeased: boolean; hasStore: boolean };
  /** Of a store that neither answers nor refuses. */
  hang(): void;
  goOn(): void;
  ask(conversationIds: readonly string[], ageMs?: number): void;
}

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

/** Half of all conversations are the candidate's. */
async function given(
  arms: Pick<Deployment, 'baseline' | 'candidate'> = { baseline: OLD, candidate: NEW },
  answer?: (versionId: string) => Promise<void>,
): Promise<World> {
  const deployment: Deployment = {
    target: 'copilotSuggestions',
    actionName: 'RefundText',
    handle: { kind: 'copilotSuggestions', assistant: ASSISTANT },
    ...arms,
  };
  await saveCopilotDeployment(db, 'rollout-1', deployment);
  await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
  const rows = await copilotRows(db);
  const at = { ms: 100_000, isLeased: true, hasStore: true };
  const [events, texts] = [[] as EngagementEvent[], new Map<string, string>()];
  let [hung, goOn] = [Promise.resolve(), (): void => undefined];
  const slow: Database = {
    ...db,
    query: (sql, params) => hung.then(() => db.query(sql, params)),
    tx: (work) => hung.then(() => db.tx(work)),
  };
  const suggestions = {
    async answer(conversationId: string, suggestionId: string, { text }: { readonly text: string }) {
      await answer?.(text);
      texts.set(conversationId, text);
      return { id: suggestionId };
    },
    async get(conversationId: string, id: string): Promise<SuggestionDocument> {
      return { id, thirdPartySuggestion: { text: texts.get(conversationId) ?? null } };
    },
  } as unknown as Suggestions;
  const buffer = { add: (event: EngagementEvent) => void events.push(event), lost: 0, drain: async () => undefined };
  const answering = createAnswering({
    db: slow,
    suggestions,
    events: buffer,
    state: {
      id: '00000000-0000-4000-8000-000000000001',
      rows,
      epoch: 1,
      isLeased: () => at.isLeased,
      hasStore: () => at.hasStore,
      underWay: (work) => work(),
      start: async () => undefined,
      close: async () => undefined,
    },
    textOf: async (id) => ({ title: id, text: id, sources: [] }),
    onTrouble: () => undefined,
    clock: () => at.ms,
  });
  const hearing = createHearing({
    db: slow,
    rows: () => rows,
    events: buffer,
    answering,
    now: () => at.ms,
    onTrouble: () => undefined,
  });
  close = async () => {
    goOn();
    await answering.close();
    await hearing.drain();
  };
  return {
    answering,
    hearing,
    events,
    given: texts,
    at,
    hang() {
      hung = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    goOn: () => goOn(),
    ask(ids, ageMs = 0) {
      for (const id of ids) answering.ask(rows[0] as CopilotRow, toldOf(id), ageMs);
    },
  };
}

const cards = (events: readonly EngagementEvent[]): readonly string[] =>
  events
    .map(({ type, conversationId, version }) => `${type.split('.').at(-1)} ${conversationId} ${version}`)
    .toSorted();
const triggered = (ids: readonly string[]): readonly string[] =>
  ids.map((id) => `triggered ${id} ${bucketOf(id) < 50 ? '1.1.0' : '1.0.0'}`).toSorted();
const onRecord = (ids: readonly string[]): Promise<void> =>
  untilHolds(
    'all are on record as given',
    async () =>
      (
        await answersOf(
          db,
          ids.map((id) => toldOf(id).suggestionId),
        )
      ).filter((one) => one.answeredAt !== null).length === ids.length,
  );

test('texts that came in time are cards, of the arm that each conversation has', async () => {
  const world = await given();
  world.ask(BOTH_ARMS);
  await untilHolds('all are given', () => world.given.size === BOTH_ARMS.length);
  await onRecord(BOTH_ARMS);
  expect(cards(world.events)).toEqual(triggered(BOTH_ARMS));
  for (const id of BOTH_ARMS) world.hearing.onSuggestion(toldOf(id, 'Accepted'), true);
  await untilHolds('what agents did is told', () => world.events.length === 2 * BOTH_ARMS.length);
});

test.each<[string, number, boolean]>([
  ['late', 3_001, true],
  ['of a responder without a lease', 0, false],
])(
  "texts that are %s are the baseline's, and cards of neither arm, whatever agents do with them",
  async (_, ageMs, isLeased) => {
    const world = await given();
    world.at.isLeased = isLeased;
    world.ask(BOTH_ARMS, ageMs);
    await untilHolds('all are given', () => world.given.size === BOTH_ARMS.length);
    await onRecord(BOTH_ARMS);
    expect([...new Set(world.given.values())]).toEqual([OLD.id]);
    for (const id of BOTH_ARMS) world.hearing.onSuggestion(toldOf(id, 'Accepted'), true);
    await world.hearing.drain();
    expect(world.events).toEqual([]);
    expect(world.answering.counts).toMatchObject({ answered: 6, fellBack: 3, uncounted: 6 });
  },
);

test('where an arm has no text: late ones are not told as withheld either', async () => {
  const world = await given({ baseline: null, candidate: NEW });
  const [late, inTime] = [BOTH_ARMS.slice(0, 4), conversations('baseline', 8).slice(3)];
  world.ask(late, 3_001);
  world.ask(inTime);
  await untilHolds('the others are told', () => world.events.length === inTime.length);
  await world.answering.close();
  expect(cards(world.events)).toEqual(inTime.map((id) => `withheld ${id} 1.1.0`).toSorted());
  expect(world.given.size).toBe(0);
});

test("a store that hangs: the baseline's texts come all the same, are no cards, and stand on record when it goes on", async () => {
  const world = await given();
  world.hang();
  world.ask(BOTH_ARMS);
  await untilHolds('all are given', () => world.given.size === BOTH_ARMS.length);
  expect([...new Set(world.given.values())]).toEqual([OLD.id]);
  world.goOn();
  await onRecord(BOTH_ARMS);
  const answers = await answersOf(
    db,
    BOTH_ARMS.map((id) => toldOf(id).suggestionId),
  );
  expect(answers.map(({ versionId, isCounted }) => [versionId, isCounted])).toEqual(answers.map(() => [OLD.id, false]));
  expect(world.events).toEqual([]);
});

test('a store that has not answered for the time of a lease is not asked', async () => {
  const world = await given();
  world.hang();
  Object.assign(world.at, { isLeased: false, hasStore: false });
  world.ask(BOTH_ARMS);
  await untilHolds('all are given', () => world.given.size === BOTH_ARMS.length);
  world.goOn();
  await world.answering.close();
  expect(await db.query('select suggestion_id from copilot_answers')).toEqual([]);
  expect(world.events).toEqual([]);
});

test('a text whose time ran out while the store was asked is not sent', async () => {
  const world = await given();
  world.hang();
  world.ask(BOTH_ARMS.slice(0, 2));
  world.at.ms += 15_001;
  world.goOn();
  await untilHolds('both are given up', () => world.answering.counts.unanswered === 2);
  expect(world.given.size).toBe(0);
});

test('what an agent did while the store was away is told when it is back, of a card that was claimed before', async () => {
  const world = await given();
  world.ask(BOTH_ARMS);
  await untilHolds('all are given', () => world.given.size === BOTH_ARMS.length);
  await onRecord(BOTH_ARMS);
  const away = { is: true };
  const asked: string[] = [];
  const { answering, events } = world;
  const hearing = createHearing({
    db: {
      ...db,
      query: async (sql, params) => {
        asked.push(sql);
        if (away.is) throw new Error('the store is away');
        return db.query(sql, params);
      },
    },
    rows: await rowsNow(),
    events: { add: (event) => void events.push(event), lost: 0, drain: async () => undefined },
    answering,
    now: () => 0,
    onTrouble: () => undefined,
  });
  for (const id of BOTH_ARMS) hearing.onSuggestion(toldOf(id, 'Accepted'), true);
  await untilHolds('it was asked in vain', () => asked.length >= 2);
  away.is = false;
  await untilHolds('it is told', () => events.length === 2 * BOTH_ARMS.length);
  expect(cards(events).filter((card) => card.startsWith('accepted'))).toEqual(
    triggered(BOTH_ARMS).map((card) => card.replace('triggered', 'accepted')),
  );
});

test('what an agent did is told once it is known which text was given', async () => {
  const sending = { goesOn: (): void => undefined };
  const sent = new Promise<void>((resolve) => {
    sending.goesOn = resolve;
  });
  const world = await given(undefined, () => sent);
  const [id = ''] = conversations('candidate', 1);
  world.ask([id]);
  await untilHolds('it is claimed', async () => (await answersOf(db, [toldOf(id).suggestionId])).length === 1);
  world.hearing.onSuggestion(toldOf(id, 'Accepted'), true);
  world.at.isLeased = false;
  sending.goesOn();
  await untilHolds('it is told', () => world.events.length === 2);
  expect(cards(world.events)).toEqual([`accepted ${id} 1.1.0`, `triggered ${id} 1.1.0`]);
});

async function rowsNow(): Promise<() => readonly CopilotRow[]> {
  const rows = await copilotRows(db);
  return () => rows;
}
