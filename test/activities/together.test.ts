/** What several watches ask in the same moment: one statement, and an answer for each. */
import { lastSeqTogether } from '../../src/activities/together.ts';
import type { Queryable } from '../../src/store/database.ts';

function storeWith(answer: (time: number) => Promise<unknown[]>) {
  const asked: string[] = [];
  const query = (sql: string): Promise<never[]> => answer(asked.push(sql)) as Promise<never[]>;
  return { asked, db: { query } satisfies Queryable };
}

test('how far the cards go is asked once for all who ask in the same moment, and anew for whoever asks later', async () => {
  const { asked, db } = storeWith((time) => Promise.resolve([{ seq: 10 * time }]));
  await expect(Promise.all([1, 2, 3].map(() => lastSeqTogether(db)))).resolves.toEqual([10, 10, 10]);
  await expect(lastSeqTogether(db)).resolves.toBe(20);
  expect(asked).toHaveLength(2);
});

test('whoever asks while one is under way gets another, which began later', async () => {
  let answer: ((rows: unknown[]) => void) | undefined;
  const { asked, db } = storeWith((time) =>
    time === 1 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve([{ seq: 2 }]),
  );
  const earlier = lastSeqTogether(db);
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await expect(lastSeqTogether(db)).resolves.toBe(2);
  answer?.([{ seq: 1 }]);
  await expect(earlier).resolves.toBe(1);
});

test('a store that is away is told to each; who asks then asks anew', async () => {
  const { db } = storeWith((time) => (time === 1 ? Promise.reject(new Error('away')) : Promise.resolve([{ seq: 7 }])));
  const asked = await Promise.allSettled([lastSeqTogether(db), lastSeqTogether(db)]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(lastSeqTogether(db)).resolves.toBe(7);
});
