/** What is told of a rollout beside its status: out of a real store, or by a worker, and when it is read again. */
import { createTales } from '../../src/console/tale.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { storyOf } from '../../src/configurator/story.ts';
import type { Story } from '../../src/domain/story/story.ts';
import type { Database } from '../../src/store/database.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { fakeEngine, viewOf } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
let nowMs = 0;
let reads = 0;
const read = (action: string, rolloutId: string): Promise<Story> => {
  reads += 1;
  return storyOf(db, action, rolloutId);
};
const { engine } = fakeEngine();
const tales = (more: object = {}) =>
  createTales({ fromStore: read, engine, now: () => nowMs, onTrouble: () => undefined, ...more });
const view = viewOf('Told', { rolloutId: 'r7' });
const ended = viewOf('Told', { rolloutId: 'r7', endedAt: '2026-03-01T13:00:00.000Z', phase: 'promoted' });

beforeAll(async () => {
  db = await openStore();
  await saveRollout(db, rolloutRow({ rolloutId: 'r7', action: 'Told' }));
});
afterAll(() => db.close());
beforeEach(() => {
  nowMs = 0;
  reads = 0;
});

/** Of whoever looks again and again, as a page does. */
async function until(tell: () => Promise<unknown>, holds: (told: never) => boolean): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !holds((await tell()) as never);) {
    if (Date.now() > deadline) throw new Error('It was not told.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('the store tells it, once for all who look at the same time, and again when it is old', async () => {
  const tell = tales();
  await until(
    () => tell(view),
    ({ story }: { story: Story | null }) => story?.rollout.rolloutId === 'r7',
  );
  await Promise.all([tell(view), tell(view)]);
  expect(reads).toBe(1);
  nowMs += 60_000;
  await until(
    () => tell(view),
    () => reads === 2,
  );
});

test('what has ended is told once more after its end, and then left alone', async () => {
  const tell = tales();
  await until(
    () => tell(view),
    ({ story }: { story: Story | null }) => story !== null,
  );
  nowMs += 60_000;
  await until(
    () => tell(ended),
    () => reads === 2,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([tell(ended), tell(ended)]);
  expect(reads).toBe(2);
});

test('a rollout that is not on record yet is told of as that', async () => {
  const tell = tales();
  const unknown = viewOf('Told', { rolloutId: 'none' });
  await until(
    () => tell(unknown),
    ({ missing }: { missing: string | null }) => missing === 'Nothing of it is on record yet.',
  );
});

test('without a store a worker tells what it knows, and the page says what is not known here', async () => {
  const line = {
    at: '2026-03-01T12:00:00.000Z',
    actor: 'ana',
    act: 'pause',
    reason: 'look',
    after: { splitPercent: 5 },
  };
  const rollout = { rolloutId: 'r7', action: 'Told', version: '1.5.0', plan: null };
  const tell = tales({
    fromStore: null,
    engine: {
      version: async () => rollout,
      auditLines: async () => ({ kind: 'audit', lines: [{ leaf: 0, line: JSON.stringify(line) }], size: 1 }),
    },
  });
  await until(
    () => tell(view),
    ({ story }: { story: Story | null }) => story !== null,
  );
  expect(await tell(view)).toMatchObject({
    story: { judged: null, steps: [], entries: [{ actor: 'ana', act: 'pause', reason: 'look', splitPercent: 5 }] },
    missing: expect.stringContaining('DATABASE_URL') as string,
  });
});

test('where nobody answers, what was told stays, with why it is not more', async () => {
  let away = false;
  const tell = tales({
    fromStore: async (action: string, rolloutId: string) => {
      if (away) throw new AssistError('registry-unanswered', 'No worker answered.', '');
      return read(action, rolloutId);
    },
  });
  await until(
    () => tell(view),
    ({ story }: { story: Story | null }) => story !== null,
  );
  [away, nowMs] = [true, 60_000];
  await until(
    () => tell(view),
    ({ missing }: { missing: string | null }) => missing === 'No worker answered.',
  );
  expect(await tell(view)).toMatchObject({ story: { rollout: { rolloutId: 'r7' } } });
});
