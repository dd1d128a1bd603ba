/** Rollouts that do not answer, on the board: nothing old is shown as if it were so now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createBoard } from '../../src/console/board.ts';
import type { Board } from '../../src/console/board.ts';
import { localViewers } from '../../src/console/viewer.ts';
import { boardPage } from '../../src/console/views/board.ts';
import { boardQuery } from '../../src/console/views/board-query.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { fakeEngine, summaryOf, viewOf } from './helpers.ts';
import type { FakeEngine } from './helpers.ts';

const clock = () => performance.now();
const AT = Date.parse('2026-03-01T12:30:00.000Z');
const AWAY = new AssistError('no-worker', 'No worker answered within 8s.', 'Start one.');
let fake: FakeEngine;
let board: Board;
let troubles: unknown[];

beforeEach(() => {
  fake = fakeEngine();
  troubles = [];
  board = boardOf();
});
afterEach(() => board.close());

function boardOf(perRound = 25): Board {
  const rules = { listEveryMs: 1, askForMs: 20, idleMs: 60_000, atOnce: 4, perRound };
  return createBoard({
    engine: fake.engine,
    clock,
    now: () => AT,
    onTrouble: (error) => void troubles.push(error),
    rules,
  });
}

function rollouts(...names: readonly string[]): void {
  fake.rows = names.map((name) => summaryOf(name));
  fake.views = new Map(names.map((name) => [name, viewOf(name)]));
}

/** What `status` does of these from now on. */
function silence(how: () => Promise<never>, ...names: readonly string[]): void {
  const answered = async (action: string) => fake.views.get(action) ?? Promise.reject(AWAY);
  Object.assign(fake.engine, {
    status: (action: string) => (names.includes(action) ? how() : answered(action)),
  });
}

async function page(query: Record<string, string> = {}): Promise<string> {
  const viewer = await localViewers(fake.engine, 'ana', 'x').of(undefined, '');
  return boardPage(await board.now(), boardQuery(query), viewer!, { signIn: null });
}

async function shown(what: (text: string) => boolean): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let text = await page(); ; text = await page()) {
    if (what(text)) return text;
    if (Date.now() > deadline) throw new Error(`It did not come: ${text}`);
    await board.changed(await board.now(), new AbortController().signal);
    await sleep(1);
  }
}

const rowOf = (text: string, name: string): string =>
  new RegExp(`<tr role="row" id="row-run-${name}">[^]*?</tr>`).exec(text)?.[0] ?? '';

test('one that answered, and does not any more, needs a person: since when, why, and how old its figures are', async () => {
  rollouts('Refund', 'Other');
  await shown((text) => text.includes('Nothing needs a person.') && rowOf(text, 'Refund').includes('<progress'));
  silence(() => Promise.reject(AWAY), 'Refund');
  const text = await shown((now) => now.includes('Needs attention: 1'));
  expect(text).toMatch(/1 of 2 rollouts that run does not answer, since\s+<time datetime="2026-03-01T12:30:00.000Z">/);
  expect(text).toContain('No worker answered within 8s.');
  expect(text).toContain('Start one.');
  expect(text).toMatch(/as it was seen at\s+<time/);
  expect(rowOf(text, 'Refund')).toContain('no answer since <time');
  expect(rowOf(text, 'Other')).not.toContain('no answer');
  expect(rowOf(await page({ state: 'attention' }), 'Refund')).toContain('Refund');
  silence(() => Promise.reject(AWAY));
  expect(await shown((now) => now.includes('Nothing needs a person.'))).not.toContain('not answer');
});

test('one that never answered needs a person too', async () => {
  rollouts('Refund');
  silence(() => Promise.reject(AWAY), 'Refund');
  const text = await shown((now) => now.includes('Needs attention: 1'));
  expect(text).toContain('No worker answered within 8s.');
  expect(text).not.toContain('being asked');
});

test('what cannot be asked for a reason of ours is told without it, and logged once', async () => {
  rollouts('Refund');
  silence(() => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:7233')), 'Refund');
  const text = await shown((now) => now.includes('Needs attention: 1'));
  expect(text).not.toContain('10.1.2.3');
  for (let round = 0; round < 5; round += 1) await board.changed(await board.now(), new AbortController().signal);
  expect(troubles).toHaveLength(1);
});

test('those that hang hold up neither the list nor the others, and are asked once at a time', async () => {
  let hanging = 0;
  rollouts('Refund', 'Other');
  silence(() => ((hanging += 1), new Promise<never>(() => undefined)), 'Refund');
  await shown((text) => rowOf(text, 'Other').includes('<progress'));
  fake.views = new Map([['Other', viewOf('Other', { splitPercent: 50 })]]);
  await shown((text) => rowOf(text, 'Other').includes('50 %'));
  fake.rows = [...fake.rows, summaryOf('Third')];
  fake.views = new Map([...fake.views, ['Third', viewOf('Third')]]);
  await shown((text) => rowOf(text, 'Third').includes('<progress'));
  expect(hanging).toBe(1);
});

test('figures that are old, for the turn has not come again, are told as of then', async () => {
  let ms = 0;
  board.close();
  board = createBoard({
    engine: fake.engine,
    clock: () => ms,
    now: () => AT + ms,
    onTrouble: () => undefined,
    rules: { listEveryMs: 1, askForMs: 5, idleMs: 10 * PATIENCE_MS, atOnce: 4, perRound: 25 },
  });
  rollouts('Refund');
  await shown((text) => rowOf(text, 'Refund').includes('<progress'));
  expect(rowOf(await page(), 'Refund')).not.toContain('as of');
  silence(() => new Promise<never>(() => undefined), 'Refund');
  ms += 61_000;
  await shown((text) => /as of\s+<time datetime="2026-03-01T12:30:0/.test(rowOf(text, 'Refund')));
});
