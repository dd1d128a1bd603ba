/** What a run may ask for where it and its record do not remember the same. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { journalActivities } from '../../src/activities/journal.ts';
import { organisationActivities } from '../../src/activities/organisation.ts';
import type { KnownPast } from '../../src/domain/rollout/past.ts';
import { PAST_DIFFERS } from '../../src/domain/rollout/past.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';
import { transitionRecord } from '../helpers/transition-record.ts';

const written: string[] = [];
let db: Database;
let isAway = false;
let isSilent = false;
let activities: ReturnType<typeof organisationActivities>;

beforeAll(async () => {
  db = await openStore();
  const say = (what: string) => async () => {
    written.push(what);
    // What is read back is not what this is about.
    throw new Error('written');
  };
  const target = { deploy: say('deploy'), setSplit: say('split'), retire: say('retire') };
  const query: Database['query'] = (...args) => {
    if (isSilent) return new Promise<never>(() => undefined);
    return isAway ? Promise.reject(new Error('away')) : db.query(...args);
  };
  const deps = { db: { ...db, query }, now: Date.now, targets: { of: () => target }, calendar: () => null };
  activities = organisationActivities(deps as never);
});
afterAll(() => db.close());
beforeEach(() => {
  written.length = 0;
  isAway = false;
  isSilent = false;
});

const deployment = { target: 'agentAssistActions', actionName: 'Card', baseline: null, candidate: null };
const ASKS = {
  deploy: (past: KnownPast) => activities.deploy({ target: { kind: 'agentAssistActions' }, past } as never),
  'put back': (past: KnownPast) => activities.applySplit({ deployment, percent: 50, past } as never),
  lower: (past: KnownPast) => activities.applySplit({ deployment, percent: 0, past } as never),
  rise: (past: KnownPast) =>
    activities.applySplit({ deployment, percent: 50, rise: { from: 0, question: {} }, past } as never),
  promote: (past: KnownPast) => activities.retireBaseline({ deployment, past } as never),
  rollBack: (past: KnownPast) => activities.rollBack({ deployment, mayAsk: false, past } as never),
} as const;
type Ask = keyof typeof ASKS;

/** True: it went on to write. */
async function does(ask: Ask, past: KnownPast): Promise<boolean> {
  const done = await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
    .run(() => ASKS[ask](past))
    .catch((error: unknown) => error);
  if (written.length > 0) return true;
  if (!isAway) expect(done).toMatchObject({ type: PAST_DIFFERS, nonRetryable: true });
  return false;
}

test.each<[string, readonly string[], Partial<KnownPast>, readonly Ask[]]>([
  ['the record lacks what was confirmed', ['a/1'], { written: 3, told: 3 }, ['deploy', 'lower', 'rollBack']],
  [
    'the record has a later split',
    ['b/1', 'b/2 splitProven'],
    { written: 1, told: 1 },
    ['deploy', 'lower', 'rollBack'],
  ],
  // Whoever aborts while it is deployed waits for the answer: only then is it known what there is to roll back.
  ['an abort came while it was asked', ['c/1', 'c/2 abort'], { written: 1, told: 1 }, ['deploy', 'lower', 'rollBack']],
  ['the record has its end', ['d/1', 'd/2 ended'], { written: 1, told: 1 }, []],
])('%s', async (_, entries, past, allowed) => {
  const rolloutId = entries[0]!.split('/')[0]!;
  await journalActivities({ db, now: Date.now }).record(
    entries.map((entry) => {
      const [key = '', act = 'deploying'] = entry.split(' ');
      return transitionRecord(key, {
        rolloutId,
        action: rolloutId,
        act,
        atMs: Date.now(),
        outcome: act === 'ended' ? 'rolledBack' : null,
      });
    }),
  );
  const done: Ask[] = [];
  for (const ask of Object.keys(ASKS) as Ask[]) {
    written.length = 0;
    if (await does(ask, { rolloutId, written: 0, told: 0, ...past })) done.push(ask);
  }
  expect(done).toEqual(allowed);
});

test('a store that is away keeps from what raises, and from nothing else', async () => {
  isAway = true;
  const done: Ask[] = [];
  for (const ask of Object.keys(ASKS) as Ask[]) {
    written.length = 0;
    if (await does(ask, { rolloutId: 'e', written: 1, told: 1 })) done.push(ask);
  }
  expect(done).toEqual(['deploy', 'put back', 'lower', 'rollBack']);
});

test('a store that does not answer at all is not waited for on the way to safety', async () => {
  isSilent = true;
  for (const ask of ['lower', 'rollBack'] as const) {
    written.length = 0;
    expect([ask, await does(ask, { rolloutId: 'f', written: 1, told: 1 })]).toEqual([ask, true]);
  }
});
