import { measureHandling } from '../../src/activities/measure-handling.ts';
import type { MeasuringSettings } from '../../src/activities/measure-handling.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { ConversationDetail } from '../../src/genesys/wire.ts';
import { saveRegistered } from '../../src/store/registry.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { describeEachStore } from '../helpers/database.ts';
import { eventOf, metricEventOf, NOON } from '../helpers/events.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { storeEvents } from '../helpers/store-events.ts';

const MINUTE = 60_000;

interface Handled {
  readonly endedMs?: number;
  readonly handleMs?: number;
  readonly transfers?: number;
}

function detailOf(conversationId: string, { endedMs, handleMs, transfers = 0 }: Handled): ConversationDetail {
  const metrics = [
    { name: 'tTalk', value: 1000 },
    ...(handleMs === undefined ? [] : [{ name: 'tHandle', value: handleMs }]),
    ...(transfers === 0 ? [] : [{ name: 'nTransferred', value: transfers }]),
  ];
  return {
    conversationId,
    conversationStart: new Date(NOON).toISOString(),
    ...(endedMs !== undefined && { conversationEnd: new Date(endedMs).toISOString() }),
    participants: [
      { purpose: 'customer', sessions: [{ metrics: [{ name: 'nConnected', value: 1 }] }] },
      { purpose: 'agent', sessions: [{ metrics }] },
    ],
  };
}

describeEachStore('handling of conversations as custom metrics', (db) => {
  const handled = new Map<string, Handled>();
  const asked: (readonly string[])[] = [];
  let nowMs = NOON;
  /** A round, and the turns of the next one are due. */
  const round = async (settings: Partial<MeasuringSettings> = {}) => {
    const measured = await measureHandling({
      db: db(),
      now: () => nowMs,
      settings,
      conversations: {
        async *details({ conversationFilters }) {
          await Promise.resolve();
          const [filter] = (conversationFilters ?? []) as { predicates: { value: string }[] }[];
          const ids = (filter?.predicates ?? []).map(({ value }) => value);
          asked.push(ids);
          for (const id of ids) {
            const found = handled.get(id);
            if (found !== undefined) yield detailOf(id, found);
          }
        },
      },
    });
    await db().query("update handling_reads set next_at = '2000-01-01Z' where done_at is null");
    return measured;
  };
  const cards = (ids: readonly string[], more: object = {}) =>
    storeEvents(
      db(),
      ids.map((id) => eventOf(id, 'triggered', 0, { conversationId: `of ${id}`, ...more })),
      { source: 'test', receivedAt: new Date(NOON) },
    );
  const values = async () =>
    Object.fromEntries(
      (
        await db().query<{ key: string; value: number }>(
          "select card_id || ' ' || name as key, value from custom_values order by 1",
        )
      ).map(({ key, value }) => [key, value]),
    );

  beforeEach(async () => {
    handled.clear();
    asked.length = 0;
    nowMs = NOON;
    await saveRollout(db(), rolloutRow({ action: 'RefundAssist' }));
  });
  afterEach(async () => {
    await db().query('truncate handling_reads, handling_cursor, rollouts, events, exposures, custom_values');
  });

  test('a value counts once two reads after the end say the same, for all cards of its conversation', async () => {
    await cards(['a1', 'a2'], { conversationId: 'a' });
    handled.set('a', {});
    expect(await round()).toMatchObject({ asked: 1, written: 0 });
    handled.set('a', { endedMs: NOON + MINUTE, handleMs: 312_500, transfers: 1 });
    nowMs = NOON + MINUTE + 1_000;
    await round();
    nowMs += 2 * MINUTE;
    await round();
    expect(await values()).toEqual({});
    handled.set('a', { endedMs: NOON + MINUTE, handleMs: 320_000, transfers: 1 });
    await round();
    expect(await values()).toEqual({});
    expect(await round()).toMatchObject({ written: 1 });
    const told = { 'a1 handleTime': 320, 'a1 transfers': 1, 'a2 handleTime': 320, 'a2 transfers': 1 };
    expect(await values()).toEqual(told);
    expect(await round()).toEqual({ asked: 0, written: 0, missing: [] });
    expect(await values()).toEqual(told);
  });

  test('while an agent works on it still, nothing is taken from it', async () => {
    await cards(['a']);
    handled.set('of a', { endedMs: NOON });
    nowMs = NOON + 10 * MINUTE;
    for (let n = 0; n < 3; n += 1) expect(await round()).toMatchObject({ asked: 1, written: 0 });
    handled.set('of a', { endedMs: NOON, handleMs: 90_000 });
    await round();
    await round();
    expect(await values()).toEqual({ 'a handleTime': 90, 'a transfers': 0 });
  });

  test('what never comes is given up and said with why', async () => {
    await cards(['a', 'b', 'c']);
    handled.set('of a', {});
    handled.set('of b', { endedMs: NOON });
    await round();
    nowMs = NOON + 25 * 60 * MINUTE;
    await round();
    const { missing } = await round();
    expect(missing).toEqual([
      { why: 'running', conversations: 1 },
      { why: 'unfinished', conversations: 1 },
      { why: 'unknown', conversations: 1 },
    ]);
    expect((await round()).asked).toBe(0);
  });

  test('only cards of rollouts that are open are asked for, also of versions whose action has a longer name', async () => {
    await cards(['mine']);
    await cards(['other'], { actionName: 'RefundAssistant v1', actionId: 'action-b' });
    await round();
    await saveRollout(db(), rolloutRow({ action: 'RefundAssist', endedAt: new Date(NOON) }));
    await cards(['after']);
    await round();
    expect(new Set(asked.flat())).toEqual(new Set(['of mine']));
  });

  test('only cards of rollouts whose plan guards handle time or transfers are asked for', async () => {
    const open = async (action: string, guardrails: readonly object[]) => {
      await saveRollout(db(), rolloutRow({ rolloutId: action, action }));
      await saveRegistered(db(), action, { plan: { guardrails } as unknown as Plan });
      await cards([`card of ${action}`], { actionName: `${action} v1`, actionId: `id of ${action}` });
    };
    await open('Accepted', [{ metric: 'acceptanceRate' }, { metric: 'custom', name: 'satisfaction' }]);
    await open('Handled', [{ metric: 'custom', name: 'handleTime' }]);
    await open('Transferred', [{ metric: 'custom', name: 'transfers' }]);
    expect((await round()).asked).toBe(2);
    expect(new Set(asked.flat())).toEqual(new Set(['of card of Handled', 'of card of Transferred']));
  });

  test('the value of who measures it himself stays', async () => {
    await cards(['a']);
    await storeEvents(db(), [metricEventOf('a', 'handleTime', 7, 0)], { source: 'own', receivedAt: new Date(NOON) });
    handled.set('of a', { endedMs: NOON, handleMs: 90_000 });
    nowMs = NOON + 10 * MINUTE;
    await round();
    await round();
    expect(await values()).toEqual({ 'a handleTime': 7, 'a transfers': 0 });
  });

  test('a round asks a bounded number of times, and a failing call leaves all for the next one', async () => {
    await cards(Array.from({ length: 25 }, (_, n) => `c${n}`));
    await round({ maxCalls: 2, idsACall: 10 });
    expect(asked.map((ids) => ids.length)).toEqual([10, 10]);
    const failing = measureHandling({
      db: db(),
      now: () => nowMs,
      conversations: {
        // eslint-disable-next-line require-yield
        async *details() {
          await Promise.resolve();
          throw new Error('503');
        },
      },
    });
    await expect(failing).rejects.toThrow('503');
    expect((await round()).asked).toBe(25);
  });
});
