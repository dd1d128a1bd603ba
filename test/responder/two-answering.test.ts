/** Two that answer over one store: an agent gets one text, and on record is what the agent has, told by whoever sent it. */
import type { Deployment, VersionRef } from '../../src/domain/rollout/deployment.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import { GenesysError } from '../../src/genesys/errors.ts';
import type { SuggestionDocument, Suggestions } from '../../src/genesys/suggestions.ts';
import { createAnswering } from '../../src/responder/answering.ts';
import type { Answering } from '../../src/responder/answering.ts';
import type { SuggestionTold } from '../../src/responder/suggestion-told.ts';
import { answersOf } from '../../src/store/copilot-answers.ts';
import { changeCopilotSplit, copilotRows, saveCopilotDeployment } from '../../src/store/copilot.ts';
import type { CopilotRow } from '../../src/store/copilot.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';
import { untilHolds } from '../helpers/patience.ts';

const versionOf = (version: string): VersionRef => ({ id: `of ${version}`, version, fingerprint: {} });
const [OLD, NEW] = [versionOf('1.0.0'), versionOf('1.1.0')];
const conversationId =
  Array.from({ length: 200 }, (_, at) => `conversation-${at}`).find((id) => bucketOf(id) < 50) ?? '';
const told: SuggestionTold = {
  suggestionId: 'suggestion-1',
  conversationId,
  isThirdParty: true,
  state: 'Suggested',
  atMs: 1_000,
  assistantId: 'assistant-1',
  queueId: 'queue-1',
  userId: 'agent-1',
  mediaType: null,
  language: null,
  text: null,
};

let db: Database;
let rows: readonly CopilotRow[];
/** In their order, as `who: version`. */
let sent: string[];
let shown: string | null;
let open: Answering[];

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  for (const table of ['copilot_deployments', 'copilot_answers']) await db.query(`delete from ${table}`);
  const deployment: Deployment = {
    target: 'copilotSuggestions',
    actionName: 'RefundText',
    handle: { kind: 'copilotSuggestions', assistant: told.assistantId },
    baseline: OLD,
    candidate: NEW,
  };
  await saveCopilotDeployment(db, 'rollout-1', deployment);
  await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
  rows = await copilotRows(db);
  [sent, shown, open] = [[], null, []];
});
afterEach(async () => {
  for (const one of open) await one.close();
});

interface With {
  readonly store?: Database;
  /** Rejects: nothing arrived. */
  readonly before?: () => Promise<void>;
  /** The text is there, and whoever sent it does not know yet. */
  readonly after?: () => Promise<void>;
  readonly onLook?: () => void;
  readonly clock?: () => number;
}

function respond(who: 'A' | 'B', { store = db, before, after, onLook, clock = () => 100_000 }: With = {}): Answering {
  const suggestions = {
    async answer(_: string, id: string, { text }: { readonly text: string }) {
      await before?.();
      shown = text;
      sent.push(`${who}: ${text}`);
      await after?.();
      return { id };
    },
    async get(_: string, id: string): Promise<SuggestionDocument> {
      onLook?.();
      return { id, thirdPartySuggestion: { text: shown } };
    },
  } as unknown as Suggestions;
  const answering = createAnswering({
    db: store,
    suggestions,
    events: { add: () => undefined, lost: 0, drain: async () => undefined },
    state: {
      id: `00000000-0000-4000-8000-00000000000${who}`,
      rows,
      epoch: 1,
      isLeased: () => true,
      hasStore: () => true,
      underWay: (work) => work(),
      start: async () => undefined,
      close: async () => undefined,
    },
    textOf: async (id) => ({ title: id, text: id, sources: [] }),
    onTrouble: () => undefined,
    clock,
  });
  open.push(answering);
  return answering;
}

const ask = (answering: Answering): void => answering.ask(rows[0] as CopilotRow, told, 0);
const onRecord = async (): Promise<readonly unknown[]> =>
  (await answersOf(db, [told.suggestionId])).map(({ versionId, isCounted, answeredAt }) => [
    versionId,
    isCounted,
    answeredAt !== null,
  ]);
const A_CARD = [[NEW.id, true, true]];

function hung(): { readonly goesOn: Promise<void>; readonly goOn: () => void } {
  let goOn = (): void => undefined;
  const goesOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  return { goesOn, goOn: () => goOn() };
}

/** Its claims are asked for once `until` is over. */
function claimsLate(until: Promise<void>): { readonly store: Database; readonly claims: { over: number } } {
  const claims = { over: 0 };
  const tx: Database['tx'] = async (work) => {
    await until;
    const result = await db.tx(work);
    claims.over += 1;
    return result;
  };
  return { store: { ...db, tx }, claims };
}

test('what waited for the rate until another one took it over is not sent as well', async () => {
  let [refused, renewed] = [false, false];
  const store: Database = {
    ...db,
    query: async (sql, params) => {
      const found = await db.query<never>(sql, params);
      renewed ||= sql.startsWith('update copilot_answers set claimed_at');
      return found;
    },
  };
  const a = respond('A', {
    store,
    clock: () => performance.now(),
    async before() {
      if (refused) return;
      refused = true;
      throw new GenesysError({ kind: 'rateLimited', asked: 'a text', came: '429', retryAfterMs: 6_000 });
    },
  });
  ask(a);
  await untilHolds('it is refused', () => refused);
  ask(respond('B'));
  await untilHolds('the first one has its turn', () => renewed || sent.length === 2 || a.counts.unanswered > 0);
  await a.close();
  expect(sent).toEqual([`B: ${NEW.id}`]);
  expect(await onRecord()).toEqual(A_CARD);
});

test('a claim that the store did not answer in time: what another one has sent stays', async () => {
  ask(respond('A'));
  await untilHolds('it is on record', async () => (await onRecord()).length === 1 && sent.length === 1);
  const late = hung();
  const { store, claims } = claimsLate(late.goesOn);
  let looked = false;
  const b = respond('B', { store, onLook: () => void (looked = true) });
  ask(b);
  await untilHolds('the other one has looked, or sent', () => looked || sent.length === 2);
  late.goOn();
  await untilHolds('its claim is over', () => claims.over === 1);
  await b.close();
  expect(sent).toEqual([`A: ${NEW.id}`]);
  expect(await onRecord()).toEqual(A_CARD);
});

test('two texts that were under way at once: on record is the one of whoever has the claim', async () => {
  const [sending, late] = [hung(), hung()];
  const a = respond('A', { before: () => sending.goesOn });
  ask(a);
  await untilHolds('it is claimed', async () => (await onRecord()).length === 1);
  const { store, claims } = claimsLate(late.goesOn);
  const b = respond('B', { store });
  ask(b);
  await untilHolds('the other one has sent', () => sent.length === 1);
  sending.goOn();
  await untilHolds('both have', () => sent.length === 2);
  await a.close();
  late.goOn();
  await untilHolds('its claim is over', () => claims.over === 1);
  await b.close();
  expect(sent).toEqual([`B: ${OLD.id}`, `A: ${NEW.id}`]);
  expect(await onRecord()).toEqual(A_CARD);
});

test('a text that another one found there is a card all the same when whoever sent it hears so', async () => {
  const heard = hung();
  const a = respond('A', { after: () => heard.goesOn });
  ask(a);
  await untilHolds('it is there', () => shown !== null);
  const b = respond('B');
  ask(b);
  await untilHolds('it is found', () => b.counts.uncounted === 1);
  await b.close();
  expect(await onRecord()).toEqual([[NEW.id, false, true]]);
  heard.goOn();
  await untilHolds('whoever sent it hears so', () => a.counts.answered === 1);
  await a.close();
  expect(await onRecord()).toEqual(A_CARD);
});
