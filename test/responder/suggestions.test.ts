/** A responder that answers for a copilot's rule, on the sandbox organisation over HTTP and WebSocket. */
import { isPromoted, isRestored, isSplit } from '../../src/domain/rollout/proofs.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import type { SuggestionVersion } from '../../src/domain/plan/plan.ts';
import type { Arm } from '../../src/domain/judge/types.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { GenesysError } from '../../src/genesys/errors.ts';
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import type { Database } from '../../src/store/database.ts';
import { copilotSuggestions } from '../../src/targets/copilot-suggestions/target.ts';
import type { OpenTarget } from '../../src/targets/target.ts';
import { cutOff, exposures, startSpokenTo, until, untilAllTold } from './organisation.ts';
import type { SpokenTo } from './organisation.ts';
import { openStore } from '../helpers/any-store.ts';

const ASSISTANT = SEEDED_ASSISTANTS.baseline.id;
const textOf = (version: string): SuggestionVersion => ({
  name: 'RefundText',
  version,
  suggestion: { title: version, text: `The refund rules of ${version}.`, sources: [] },
});

let db: Database;
let org: SpokenTo;
let target: OpenTarget;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  for (const table of [
    'copilot_deployments',
    'copilot_texts',
    'copilot_answers',
    'copilot_responders',
    'exposures',
    'events',
  ])
    await db.query(`delete from ${table}`);
  org = await startSpokenTo(db);
  target = copilotSuggestions.open({ client: org.client, db, panelUrl: null, now: Date.now });
});
afterEach(() => org.close());

const deploy = (version: string, noCard?: Arm): Promise<Deployment> =>
  target.deploy({
    target: { kind: 'copilotSuggestions', assistant: ASSISTANT },
    action: textOf(version),
    rolloutId: `rollout of ${version}, ${noCard ?? 'none'} without a text`,
    ...(noCard !== undefined && { noCard }),
  });

async function firstVersion(): Promise<void> {
  await promote(await deploy('1.0.0', 'baseline'));
}

const answered = async (): Promise<{ conversationId: string; id: string; title: string }[]> =>
  (await org.texts()).flatMap(({ text, ...one }) => (text?.title === undefined ? [] : [{ ...one, title: text.title }]));

/** Alone it serves everybody, proven. */
async function promote(deployment: Deployment): Promise<void> {
  await target.setSplit(deployment, 100);
  await target.retire(deployment, 'baseline');
  expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
}

/** So many more are asked for, in conversations that are over. */
async function moreAsked(count: number): Promise<void> {
  const asked = async (): Promise<readonly string[]> => {
    const over = (await org.truth()).filter(({ end }) => Date.parse(end) < Date.now());
    const ids = new Set(over.map(({ conversationId }) => conversationId));
    return (await org.texts()).filter(({ conversationId }) => ids.has(conversationId)).map(({ id }) => id);
  };
  const before = new Set((await org.texts()).map(({ id }) => id));
  await until(asked, (ids) => ids.filter((id) => !before.has(id)).length >= count);
}

/** Each text is one card, but for those that a slow machine gave too late. */
async function expectCards(texts: readonly { readonly id: string }[]): Promise<void> {
  const counted = await db.query<{ id: string }>(
    'select suggestion_id as id from copilot_answers where counted and answered_at is not null order by 1',
  );
  expect((await exposures(db)).map(({ card }) => card).toSorted()).toEqual(counted.map(({ id }) => id).toSorted());
  const given = new Set(texts.map(({ id }) => id));
  expect(counted.filter(({ id }) => !given.has(id))).toEqual([]);
  expect(counted.length).toBeGreaterThan(0);
}

/** On a slow machine a conversation may be over before its text comes; its answer is refused then, and nothing else is. */
const tooLate = async (): Promise<number> => (await org.texts()).filter(({ text }) => text === null).length;

test('each conversation gets the text of its bucket, what agents do with it is known by version, and a roll back is proven', async () => {
  await firstVersion();
  const responder = await org.respond();
  const deployment = await deploy('1.1.0');
  expect(deployment.baseline).toMatchObject({ version: '1.0.0' });
  await target.setSplit(deployment, 50);
  expect(isSplit(await target.readBack(deployment), 50, deployment)).toBe(true);
  const shown = await until(answered, (texts) => texts.length >= 40);
  const since = shown.findLastIndex(({ title, conversationId }) => title === '1.0.0' && bucketOf(conversationId) < 50);
  const wrong = shown
    .slice(since + 1)
    .filter(({ title, conversationId }) => title !== (bucketOf(conversationId) < 50 ? '1.1.0' : '1.0.0'));
  expect(wrong).toEqual([]);
  expect(new Set(shown.map(({ title }) => title))).toEqual(new Set(['1.0.0', '1.1.0']));

  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  const state = await target.readBack(deployment, 'safety');
  const proven = (await answered()).filter(({ title }) => title === '1.1.0').length;
  expect(isRestored(state, deployment)).toBe(true);
  const before = (await answered()).length;
  await until(answered, (texts) => texts.length >= before + 20);
  expect((await answered()).filter(({ title }) => title === '1.1.0')).toHaveLength(proven);

  await org.traffic({ running: false });
  await untilAllTold(org, db);
  await responder.close();
  const truth = new Map((await org.texts()).map((suggestion) => [suggestion.id, suggestion]));
  const cards = await exposures(db);
  await expectCards(await answered());
  for (const { card, version, outcomes } of cards) {
    expect(version).toBe(truth.get(card)?.text?.title);
    const states = truth.get(card)?.states.map(({ state: one }) => one) ?? [];
    expect([card, 'accepted' in outcomes]).toEqual([card, states.includes('Accepted')]);
    expect([card, 'dismissed' in outcomes]).toEqual([card, states.includes('Dismissed')]);
  }
  expect(responder.counts.lostEvents).toBe(0);
  expect(responder.counts.refused).toBeLessThanOrEqual(await tooLate());
  // A machine that was held up falls back to the baseline's text, and to no other.
  const ofBaseline = [...truth.values()].filter(
    ({ text, conversationId }) => text?.title === '1.0.0' && bucketOf(conversationId) < 50,
  );
  expect(responder.counts.fellBack).toBeLessThanOrEqual(ofBaseline.length);
});

test('a first version: what is not in its share gets no text, and is told as withheld', async () => {
  await org.respond();
  const first = await deploy('1.0.0', 'baseline');
  await target.setSplit(first, 40);
  await until(
    () => exposures(db),
    (cards) => cards.filter(({ withheld }) => withheld).length >= 5 && cards.some(({ withheld }) => !withheld),
  );
  for (const { conversationId } of await answered()) expect(bucketOf(conversationId)).toBeLessThan(40);
  const withheld = new Set((await exposures(db)).filter((card) => card.withheld).map(({ card }) => card));
  for (const { id, text } of await org.texts()) if (withheld.has(id)) expect(text).toBeNull();
});

test('two responders: each suggestion is answered once, and each card is one', async () => {
  await firstVersion();
  // Whoever takes longer than a living one does is taken for dead: what both of them answer then is the same text.
  let takenOver = 0;
  const counted: Database = {
    ...db,
    async query<Row>(sql: string, params?: readonly unknown[]) {
      const rows = await db.query<Row>(sql, params);
      if (sql.startsWith('update copilot_answers set claimed_by')) takenOver += rows.length;
      return rows;
    },
  };
  const both = [await org.respond({ db: counted }), await org.respond({ db: counted })];
  await until(answered, (texts) => texts.length >= 40);
  await org.traffic({ running: false });
  await until(
    () => org.truth(),
    (all) => all.every(({ end }) => Date.parse(end) < Date.now() - 2_000),
  );
  for (const one of both) await one.close();
  const texts = await answered();
  const twice = both[0]!.counts.answered + both[1]!.counts.answered - texts.length;
  expect(twice).toBeGreaterThanOrEqual(0);
  // Where the store took too long to say whose it is, two may give it, and neither is a card.
  const inDoubt = both.reduce((sum, { counts }) => sum + counts.uncounted, 0);
  expect(twice).toBeLessThanOrEqual(takenOver + inDoubt);
  for (const { counts } of both) expect(counts.refused).toBeLessThanOrEqual(await tooLate());
  await expectCards(texts);
});

test('a text whose answer was lost is looked for before it is sent again', async () => {
  await firstVersion();
  const responder = await org.respond();
  await until(answered, (texts) => texts.length >= 3);
  await org.fault({ match: { method: 'PATCH' }, times: 3, dropAnswer: 'afterWork' });
  await org.fault({ match: { method: 'PATCH' }, times: 3, status: 503 });
  await until(answered, (texts) => texts.length >= 20);
  await org.traffic({ running: false });
  await until(
    () => org.truth(),
    (all) => all.every(({ end }) => Date.parse(end) < Date.now() - 2_000),
  );
  await responder.close();
  const texts = await answered();
  await expectCards(texts);
  expect(responder.counts.refused).toBeLessThanOrEqual(await tooLate());
});

test("too many requests without a word on how long: a text that became late is the baseline's, and none is given twice", async () => {
  await firstVersion();
  const deployment = await deploy('1.1.0');
  await target.setSplit(deployment, 100);
  const { suggestions } = org.newClient();
  const given: string[] = [];
  const askedAgain: string[] = [];
  const answer: typeof suggestions.answer = async (conversationId, suggestionId, text) => {
    if (given.includes(suggestionId)) askedAgain.push(suggestionId);
    const shown = await suggestions.answer(conversationId, suggestionId, text);
    given.push(suggestionId);
    return shown;
  };
  const responder = await org.respond({ answers: { suggestions: { ...suggestions, answer } } });
  await until(answered, (texts) => texts.some(({ title }) => title === '1.1.0'));
  await org.fault({ match: { method: 'PATCH' }, times: 12, status: 429 });
  await until(answered, (texts) => texts.some(({ title }) => title === '1.0.0'));
  await until(answered, (texts) => texts.length >= 20);
  await org.traffic({ running: false });
  await until(
    () => org.truth(),
    (all) => all.every(({ end }) => Date.parse(end) < Date.now() - 2_000),
  );
  await responder.close();
  const texts = await answered();
  await expectCards(texts);
  expect(responder.counts.fellBack).toBe(texts.filter(({ title }) => title === '1.0.0').length);
  expect(askedAgain).toEqual([]);
  expect(given.toSorted()).toEqual(texts.map(({ id }) => id).toSorted());
});

test('a responder that has lost the store shows the baseline alone; a roll back is proven once its lease is over', async () => {
  await firstVersion();
  const away = { is: false };
  await org.respond({ db: cutOff(db, away) });
  const deployment = await deploy('1.1.0');
  await target.setSplit(deployment, 100);
  await until(answered, (texts) => texts.some(({ title }) => title === '1.1.0'));
  away.is = true;
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
  const known = await answered();
  await until(answered, (texts) => texts.length >= known.length + 10);
  const later = (await answered()).filter(({ id }) => !known.some((one) => one.id === id));
  expect(later.map(({ title }) => title)).toEqual(later.map(() => '1.0.0'));
});

test('a responder that has lost the store after a promotion shows the promoted text, and never the one that was taken out', async () => {
  await firstVersion();
  const away = { is: false };
  await org.respond({ db: cutOff(db, away) });
  const deployment = await deploy('1.1.0');
  await promote(deployment);
  await until(answered, (texts) => texts.some(({ title }) => title === '1.1.0'));
  away.is = true;
  const known = await answered();
  await until(answered, (texts) => texts.length >= known.length + 10);
  const later = (await answered()).filter(({ id }) => !known.some((one) => one.id === id));
  expect(later.map(({ title }) => title)).toEqual(later.map(() => '1.1.0'));
});

test('a text that was retired is shown by no responder that has lost the store', async () => {
  await firstVersion();
  const away = { is: false };
  await org.respond({ db: cutOff(db, away) });
  await until(answered, (texts) => texts.length >= 3);
  await promote(await deploy('1.0.0', 'candidate'));
  const known = (await answered()).map(({ id }) => id);
  away.is = true;
  await moreAsked(10);
  expect((await answered()).map(({ id }) => id)).toEqual(known);
});

test('a text that was claimed before its retirement was proven, and waits for the rate, is not sent any more', async () => {
  await firstVersion();
  const { suggestions } = org.newClient();
  const rate = { isOpen: false };
  const sent: string[] = [];
  const answer: typeof suggestions.answer = async (conversationId, suggestionId, text) => {
    if (!rate.isOpen) throw new GenesysError({ kind: 'rateLimited', asked: 'a text', came: '429', retryAfterMs: 50 });
    sent.push(suggestionId);
    return suggestions.answer(conversationId, suggestionId, text);
  };
  await org.respond({ answers: { suggestions: { ...suggestions, answer } } });
  const deployment = await deploy('1.0.0', 'candidate');
  await until(
    () => db.query('select suggestion_id from copilot_answers'),
    (claims) => claims.length >= 4,
  );
  await promote(deployment);
  rate.isOpen = true;
  await moreAsked(10);
  expect(sent).toEqual([]);
});

test('a responder that died with a claim in its hands: another takes it over', async () => {
  await firstVersion();
  const dying = await org.respond({
    answers: { suggestions: { ...org.client.suggestions, answer: () => new Promise(() => undefined) } },
  });
  await until(
    () => db.query('select suggestion_id from copilot_answers'),
    (claims) => claims.length >= 2,
  );
  const living = await org.respond();
  await until(answered, (texts) => texts.length >= 10);
  expect(living.counts.answered).toBeGreaterThan(0);
  expect(dying.counts.answered).toBe(0);
});

describe('refused before anything is written', () => {
  test('an assistant without an enabled rule', async () => {
    const copilot = (await org.client.assistants.get(ASSISTANT)).copilot;
    expect(copilot).toBeDefined();
    const rules = copilot?.ruleEngineConfig?.rules?.map((rule) => ({ ...rule, enabled: false }));
    org.sandbox.org.copilot.assistants.putCopilot(ASSISTANT, { ...copilot, ruleEngineConfig: { rules } }, 'ana');
    await expect(deploy('1.0.0', 'baseline')).rejects.toMatchObject({ code: 'NoRule' });
  });

  test('a version without a baseline, one that serves, and a version with another text', async () => {
    await expect(deploy('1.0.0')).rejects.toMatchObject({ code: 'NoBaseline' });
    await firstVersion();
    await expect(
      target.deploy({
        target: { kind: 'copilotSuggestions', assistant: ASSISTANT },
        action: textOf('1.0.0'),
        rolloutId: 'again',
      }),
    ).rejects.toMatchObject({ code: 'AlreadyServing' });
    const other = { ...textOf('1.0.0'), suggestion: { ...textOf('1.0.0').suggestion, text: 'Another.' } };
    await expect(
      target.deploy({
        target: { kind: 'copilotSuggestions', assistant: ASSISTANT },
        action: other,
        rolloutId: 'other',
      }),
    ).rejects.toMatchObject({ code: 'VersionConflict' });
  });
});

test('a rule that another hand changed: the share is not raised, and taken back it can be', async () => {
  await firstVersion();
  const deployment = await deploy('1.1.0');
  await target.setSplit(deployment, 25);
  const copilot = (await org.client.assistants.get(ASSISTANT)).copilot;
  const rules = copilot?.ruleEngineConfig?.rules?.map((rule) => ({ ...rule, enabled: false }));
  org.sandbox.org.copilot.assistants.putCopilot(ASSISTANT, { ...copilot, ruleEngineConfig: { rules } }, 'ana');
  await expect(target.setSplit(deployment, 50)).rejects.toMatchObject({ code: 'ContentChanged' });
  await target.setSplit(deployment, 0);
  await target.retire(deployment, 'candidate');
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
});
