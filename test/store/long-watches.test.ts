import { startLongWatch, watchCards } from '../../src/domain/long-watch/long-watch.ts';
import { longWatchReport } from '../../src/domain/long-watch/report.ts';
import { freezeRecord } from '../../src/domain/long-watch/own-record.ts';
import { retakeLongWatch } from '../../src/domain/long-watch/retake.ts';
import type { WatchedCard } from '../../src/domain/long-watch/types.ts';
import { loadLongWatch, longWatchRecordOf, saveLongWatch } from '../../src/store/long-watches.ts';
import { openRollouts } from '../../src/store/open-rollouts.ts';
import { countOlder, removeOlder } from '../../src/store/retention.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { acceptance } from '../domain/judge/helpers.ts';
import { describeEachStore } from '../helpers/database.ts';
import { endedRow, rolloutRow } from '../helpers/rollout-row.ts';
import { NOON } from '../helpers/events.ts';

const card = (i: number): WatchedCard => ({
  triggeredAtMs: NOON + i,
  outcomes: i % 3 === 0 ? ['accepted'] : [],
  latencyMs: 0.1 + i,
});
const cards = Array.from({ length: 40 }, (_, i) => card(i));
const own = freezeRecord(
  Array.from({ length: 300 }, (_, i) => ({ ...card(-i - 1), agent: `agent-${i % 7}` })),
  { guardrails: [acceptance], alpha: 0.01, startedAtMs: NOON, endsAtMs: NOON + 1000 },
);

describeEachStore('long watches', (db) => {
  function save(rolloutId: string, from: number, to: number, updatedAt = new Date(NOON)): Promise<void> {
    const state = watchCards(own, startLongWatch(own), cards.slice(0, to));
    return saveLongWatch(db(), {
      rolloutId,
      fromCursor: from,
      cursor: to,
      cards: cards.slice(from, to),
      own,
      state: { state, lastCardAtMs: NOON },
      report: longWatchReport(own, state),
      updatedAt,
    });
  }

  test('what was saved takes the verdict again; a second watcher and one that is late change nothing', async () => {
    await save('a', 0, 0);
    await save('a', 0, 12);
    await save('a', 0, 9, new Date(NOON + 5));
    await save('a', 12, 40);
    const stored = await loadLongWatch(db(), 'a');
    expect(stored).toMatchObject({ cursor: 40, updatedAt: new Date(NOON), own });
    const record = await longWatchRecordOf(db(), 'a');
    expect(record?.cards).toEqual(cards);
    expect(record === null ? null : retakeLongWatch(record).agrees).toBe(true);
    expect(await longWatchRecordOf(db(), 'b')).toBeNull();
  });

  test('retention takes the cards of rollouts that ended before, and no other', async () => {
    const day = 86_400_000;
    for (const [rolloutId, days] of [
      ['old', 95],
      ['recent', 80],
    ] as const) {
      await saveRollout(db(), endedRow(rolloutId, days));
      await save(rolloutId, 0, 20);
      await save(rolloutId, 20, 40);
      await db().query("insert into agent_habits (rollout_id, habits) values ($1, '')", [rolloutId]);
    }
    const plan = { before: new Date(NOON - 90 * day), heldBackBy: null, takenAsOver: [] };
    expect(await countOlder(db(), plan)).toMatchObject({ decisionLooks: 2, judgeStates: 2 });
    expect(await removeOlder(db(), plan, { by: 'kim', reason: 'policy', now: () => NOON })).toMatchObject({
      decisionLooks: 2,
      judgeStates: 2,
      rollouts: 1,
    });
    expect(await db().query('select rollout_id as id from agent_habits')).toEqual([{ id: 'recent' }]);
    expect(await longWatchRecordOf(db(), 'old')).toBeNull();
    expect((await longWatchRecordOf(db(), 'recent'))?.cards).toEqual(cards);
  });

  test('a rollout whose version is still watched gives a sign of life', async () => {
    await saveRollout(
      db(),
      rolloutRow({
        rolloutId: 'watched',
        workflowId: 'rollout/y',
        action: 'y',
        version: '1',
        startedAt: new Date(NOON - 86_400_000),
        phase: 'promoted',
      }),
    );
    await save('watched', 0, 8, new Date(NOON - 5));
    expect(await openRollouts(db(), new Date(NOON))).toEqual([
      expect.objectContaining({ rolloutId: 'watched', lastSeenAt: new Date(NOON - 5) }),
    ]);
  });
});
