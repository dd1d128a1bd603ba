import { bet, noEvidence } from '../../../src/domain/long-watch/betting.ts';
import { estimateDesignEffect } from '../../../src/domain/long-watch/clusters.ts';
import { kindOfHour } from '../../../src/domain/long-watch/hours.ts';
import { likeHours } from '../../../src/domain/long-watch/like-hours.ts';
import { startLongWatch, watchCards } from '../../../src/domain/long-watch/long-watch.ts';
import { longWatchReport } from '../../../src/domain/long-watch/report.ts';
import { freezeRecord } from '../../../src/domain/long-watch/own-record.ts';
import { retakeLongWatch } from '../../../src/domain/long-watch/retake.ts';
import { upperShare } from '../../../src/domain/long-watch/share-bound.ts';
import type { RecordCard, TestEvidence } from '../../../src/domain/long-watch/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { level } from '../judge/custom-streams.ts';
import { ALPHA, cardsOf, guardrails, HOUR, PROMOTED, still, usual } from '../../../bench/long-watch/streams.ts';
import type { Stream } from '../../../bench/long-watch/streams.ts';

const plan = { guardrails, alpha: ALPHA, startedAtMs: PROMOTED, endsAtMs: PROMOTED + 48 * HOUR };

function split(stream: Partial<Stream>): readonly [RecordCard[], RecordCard[]] {
  const cards = cardsOf({ ...still, seed: 5, ...stream });
  const isBefore = (card: RecordCard): boolean => card.triggeredAtMs < PROMOTED;
  return [cards.filter(isBefore), cards.filter((card) => !isBefore(card))];
}

/** Every sequence of `blocks` blocks of one card, with its probability when a card is bad with `share`. */
function* sequences(blocks: number, share: number): Generator<readonly [bad: readonly number[], chance: number]> {
  for (let code = 0; code < 2 ** blocks; code++) {
    const bad = Array.from({ length: blocks }, (_, i) => (code >> i) & 1);
    yield [bad, bad.reduce((product, one) => product * (one === 1 ? share : 1 - share), 1)];
  }
}

test('the e-process has mean 1 at its bound and less below it, by counting every sequence', () => {
  const valueOf = (evidence: TestEvidence): number =>
    evidence.logs.reduce((sum, log) => sum + Math.exp(log), 1 - evidence.spent);
  const meanAt = (share: number): number =>
    [...sequences(8, share)].reduce(
      (mean, [bad, chance]) =>
        mean +
        chance *
          valueOf(
            bad.reduce(
              (evidence, one, i) => bet(evidence, { cards: 1, bad: one, bound: 0.2, elapsed: i / 8 }),
              noEvidence,
            ),
          ),
      0,
    );
  expect(meanAt(0.2)).toBeCloseTo(1, 12);
  expect(meanAt(0.15)).toBeLessThan(1);
  expect(meanAt(0.25)).toBeGreaterThan(1);
});

test('worked numbers', () => {
  expect(upperShare(0, 100, 1.645)).toBeCloseTo(0.0263, 3);
  expect(kindOfHour(Date.parse('2026-03-01T12:30:00Z'))).toBe(36);
  expect(kindOfHour(PROMOTED)).toBe(6);
  const hour = (of: number, bad: number) =>
    Array.from({ length: 1000 }, (_, i) => ({ agent: `${i}`, hour: of, bad: i < bad }));
  const { byKind, between } = likeHours([...hour(1, 180), ...hour(2, 220)]);
  expect(between ** 2).toBeCloseTo(0.00064, 5);
  expect(byKind['1']?.shift).toBeCloseTo(-0.016, 4);
  const alike = Array.from({ length: 1000 }, (_, i) => ({ agent: `${i % 20}`, hour: i, bad: i % 20 < 4 }));
  expect(estimateDesignEffect(alike, () => 0.2)).toBeGreaterThan(50);
});

test('each row says value, record, limit and n with units, and what was proven', () => {
  const [before, after] = split({ perHour: 200, later: () => ({ ...usual, accept: 0.1 }) });
  const record = freezeRecord(before, plan);
  const report = longWatchReport(record, watchCards(record, startLongWatch(record), after));
  expect(report.verdict).toBe('harm');
  expect(report.reason).toMatch(
    /^acceptanceRate harm: \d+\.\d % since the promotion against \d+\.\d % of its own record \(1\d\d\d cards\), limit 1\d\.\d % \(10 % lower\), n 9\d\d\d cards, evidence (1:\d+|beyond 1:1000000000)\.$/,
  );
  expect(report.rows[2]?.sentence).toMatch(
    /^deliveryLatency p95 noHarm: \d\.\d % of the cards since the promotion beyond \d+ ms against \d+ ms of its own record \(1\d\d\d cards\), limit \d+ ms \(25 % higher\), at most 5\.0 % may be, n 9\d\d\d cards, evidence of harm 1:[\d.]+ \(needed 1:160\)\.$/,
  );
});

test('the bound leaves more room for a small record, for agents who differ, and for hours that were not seen', () => {
  // Thirty hours before Monday at six: all of Sunday, and the night.
  const acceptanceOf = (stream: Partial<Stream>) => {
    const test = freezeRecord(split({ recordHours: 30, ...stream })[0], plan).tests[0];
    if (test?.unseen == null) throw new Error('not tested');
    // Bad cards are those that were not accepted.
    const roomOf = (bound = test.unseen?.share ?? 0): number => bound - (1 - (test.tolerated ?? 0));
    return { ...test, room: roomOf(), seenRoom: roomOf(test.seen['30']?.share) };
  };
  const large = acceptanceOf({ perHour: 400 });
  expect(large.room).toBeGreaterThan(0.01);
  expect(acceptanceOf({ perHour: 20 }).room).toBeGreaterThan(large.room);
  const alike = acceptanceOf({ perHour: 400, correlation: 0.05 });
  expect(alike.room).toBeGreaterThan(large.room);
  expect([large.designEffect < 3, alike.designEffect > 3]).toEqual([true, true]);
  expect(large.seenRoom).toBeLessThan(large.room);
  expect(large.seen['8']).toBeUndefined();
  // Acceptance is highest at two in the night, lowest at two in the afternoon: fewer bad cards are expected then.
  const { seen } = acceptanceOf({ perHour: 400, rhythm: 0.2 });
  const mean = (kinds: readonly number[]): number =>
    kinds.reduce((sum, kind) => sum + (seen[kind]?.share ?? 0) / kinds.length, 0);
  expect(mean([24, 25, 26, 27, 28])).toBeLessThan(mean([36, 37, 38, 39, 40]) - 0.025);
});

test('an absolute limit holds whatever the record was like, and needs no record', () => {
  const limits: Guardrail[] = guardrails.map((guardrail) => ({
    ...guardrail,
    ...(guardrail.metric === 'acceptanceRate' && { limit: 0.3 }),
    ...(guardrail.metric === 'deliveryLatency' && { limit: 700 }),
  }));
  const [before, after] = split({ recordHours: 1, perHour: 60 });
  const record = freezeRecord(before, { ...plan, guardrails: limits });
  const report = longWatchReport(record, watchCards(record, startLongWatch(record), after));
  expect(
    report.rows.filter(({ verdict }) => verdict === 'harm').map(({ metric, against }) => [metric, against]),
  ).toEqual([
    ['acceptanceRate', 'limit'],
    ['deliveryLatency', 'limit'],
  ]);
  expect(report.reason).toMatch(
    /^acceptanceRate harm: 2\d\.\d % since the promotion, absolute limit 30\.0 %, n 2\d\d\d cards, evidence/,
  );
  expect(report.rows[0]).toMatchObject({
    verdict: 'noData',
    sentence: expect.stringMatching(
      /not compared with its own record, which has only \d\d cards that carry it, n 2\d\d\d cards/,
    ),
  });
});

test('a level that gets worse is harm, cards without it do not count, and what is only observed says so without stopping', () => {
  const handleTime = level({ margin: { kind: 'relative', value: 0.1 } });
  const withLevel = (cards: readonly RecordCard[], factor: number): RecordCard[] =>
    cards.map((card, i) => ({ ...card, custom: i % 5 === 0 ? {} : { handleTime: (200 + ((i * 37) % 200)) * factor } }));
  const [before, after] = split({ perHour: 100 });
  for (const mode of ['enforce', 'observe'] as const) {
    const record = freezeRecord(withLevel(before, 1), {
      ...plan,
      guardrails: [{ ...handleTime, mode }, ...guardrails],
    });
    const shown = withLevel(after, 1.4);
    const state = watchCards(record, startLongWatch(record), shown);
    const report = longWatchReport(record, state);
    const carry = shown
      .slice(0, shown.length - state.pending.length)
      .filter(({ custom }) => custom?.['handleTime'] !== undefined);
    expect(report.rows[0]).toMatchObject({
      verdict: 'harm',
      n: carry.length,
      sentence: expect.stringMatching(
        /^handleTime p50 harm: \d\d\.\d % of the cards since the promotion beyond 3\d\d(\.\d)? s against /,
      ),
    });
    expect(report.verdict).toBe(mode === 'enforce' ? 'harm' : 'noHarm');
  }
});

test('the order in which cards are handed over in parts makes no difference, and the record takes the verdict again', () => {
  const [before, after] = split({ perHour: 100, later: () => ({ ...usual, medianMs: 700 }) });
  const record = freezeRecord(before, plan);
  const whole = watchCards(record, startLongWatch(record), after);
  let parts = startLongWatch(record);
  for (let at = 0; at < after.length; at += 7)
    parts = JSON.parse(JSON.stringify(watchCards(record, parts, after.slice(at, at + 7)))) as typeof parts;
  expect(parts).toEqual(whole);
  const report = longWatchReport(record, whole);
  expect(
    retakeLongWatch({ own: JSON.parse(JSON.stringify(record)) as typeof record, cards: after, report }).agrees,
  ).toBe(true);
  expect(retakeLongWatch({ own: record, cards: after.slice(4), report }).agrees).toBe(false);
  expect(JSON.stringify(whole).length).toBeLessThan(4000);
  expect(JSON.stringify(record).length).toBeLessThan(20_000);
});

test('without cards it says so; cards of before the promotion do not count', () => {
  const [before] = split({});
  const record = freezeRecord(before, plan);
  const report = longWatchReport(record, watchCards(record, startLongWatch(record), before));
  expect(report).toMatchObject({ verdict: 'noData', n: 0 });
  expect(report.rows[0]?.sentence).toMatch(
    /^acceptanceRate noData: no cards since the promotion against \d+\.\d % of its own record \(\d+ cards\), n 0 cards\.$/,
  );
});
