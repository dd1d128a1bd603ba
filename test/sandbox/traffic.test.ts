import { actionBody } from './helpers.ts';
import { createOrganisation } from '../../src/sandbox/organisation.ts';
import type { SandboxOrganisation } from '../../src/sandbox/organisation.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { SEEDED, SEEDED_ACTION_ID, SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { Traffic } from '../../src/sandbox/traffic/traffic.ts';
import type { EngagementEvent, MetricEvent } from '../../src/domain/events/event.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';

const START = 1_700_000_000_000;

interface Drive {
  readonly org: SandboxOrganisation;
  readonly events: EngagementEvent[];
  readonly metrics: MetricEvent[];
  forSeconds(seconds: number): void;
}

/** Traffic against a made-up clock: a minute of it takes a moment. */
function givenTraffic(options: SandboxOptions = {}): Drive {
  let now = START;
  const org = createOrganisation({ ...options, now: () => now });
  const events: EngagementEvent[] = [];
  const metrics: MetricEvent[] = [];
  const settings = { ...org.settings.traffic, seed: org.settings.seed, incarnation: 0, running: true };
  const traffic = new Traffic(
    settings,
    {
      live: () => org.actions.live(),
      onConversation: (conversation) => {
        org.conversations.add(conversation);
      },
      onCard: ({ actionName, version, atMs }) => {
        org.split.count(actionName, version, atMs);
      },
      onEvent: (event) => {
        events.push(event);
      },
      onMetric: (event) => {
        metrics.push(event);
      },
    },
    now,
  );
  return {
    org,
    events,
    metrics,
    forSeconds: (seconds) => {
      for (const end = now + seconds * 1000; now < end;) {
        now += 50;
        traffic.advance(now);
      }
    },
  };
}

/** The candidate gets `percent`, the baseline the rest. */
function splitAt(org: SandboxOrganisation, version: string, percent: number): void {
  org.actions.create(actionBody(version, percent));
  org.actions.replace(SEEDED_ACTION_ID, actionBody('1.4.0', 100 - percent, 'control'));
}

test('the same seed gives the same stream, event for event; another seed gives another', () => {
  const streams = [7, 7, 8].map((seed) => {
    const drive = givenTraffic({ seed, traffic: { cardsPerSecond: 100 } });
    drive.forSeconds(10);
    return drive.events;
  });
  expect(streams[0]?.length).toBeGreaterThan(1_500);
  expect(streams[1]).toEqual(streams[0]);
  const first = new Set(streams[0]?.map(({ id }) => id));
  expect(streams[2]?.some(({ id }) => first.has(id))).toBe(false);
});

test('events arrive in the order in which they happen, and no id comes twice', () => {
  const drive = givenTraffic();
  drive.forSeconds(10);
  const instants = drive.events.map(({ occurredAt }) => occurredAt);
  expect(instants).toEqual(instants.toSorted());
  expect(new Set(drive.events.map(({ id }) => id)).size).toBe(drive.events.length);
});

test('cards come at the rate that was asked', () => {
  const drive = givenTraffic({ traffic: { cardsPerSecond: 200 } });
  drive.forSeconds(5);
  const before = cardsOf(drive.events).size;
  drive.forSeconds(20);
  const perSecond = (cardsOf(drive.events).size - before) / 20;
  expect(perSecond).toBeGreaterThan(180);
  expect(perSecond).toBeLessThan(220);
});

test('the baseline is accepted, dismissed, lost and late as its model says', () => {
  const drive = givenTraffic();
  drive.forSeconds(25);
  const rates = ratesOf(drive.events, '1.4.0');
  expect(rates.cards).toBeGreaterThan(3_500);
  expect(Math.abs(rates.accept - 0.4)).toBeLessThan(0.03);
  expect(Math.abs(rates.dismiss - 0.2)).toBeLessThan(0.03);
  expect(Math.abs(rates.undelivered - 0.01)).toBeLessThan(0.005);
  expect(rates.medianLatencyMs).toBeGreaterThan(205);
  expect(rates.medianLatencyMs).toBeLessThan(235);
});

test('a harmful model lowers acceptance, raises dismissal and latency by its multipliers, and touches no other version', () => {
  const harmful = { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8, undeliveredMultiplier: 5 };
  const drive = givenTraffic({ traffic: { models: { '1.6.0': harmful } } });
  splitAt(drive.org, '1.6.0', 50);
  drive.forSeconds(30);
  const [baseline, candidate] = [ratesOf(drive.events, '1.4.0'), ratesOf(drive.events, '1.6.0')];
  expect(candidate.cards).toBeGreaterThan(2_500);
  expect(Math.abs(candidate.accept - 0.26)).toBeLessThan(0.03);
  expect(Math.abs(candidate.dismiss - 0.28)).toBeLessThan(0.03);
  expect(Math.abs(candidate.undelivered - 0.05)).toBeLessThan(0.015);
  expect(candidate.medianLatencyMs / baseline.medianLatencyMs).toBeGreaterThan(1.65);
  expect(candidate.medianLatencyMs / baseline.medianLatencyMs).toBeLessThan(1.95);
  expect(Math.abs(baseline.accept - 0.4)).toBeLessThan(0.03);
});

test('a conversation meets the version that owns its bucket, and the observed split follows', () => {
  const drive = givenTraffic();
  splitAt(drive.org, '1.5.0', 25);
  drive.forSeconds(25);
  const misled = drive.events.filter(
    ({ conversationId, version }) => version !== (bucketOf(conversationId) < 25 ? '1.5.0' : '1.4.0'),
  );
  expect(misled).toEqual([]);
  const { counts, total } = drive.org.split.observed('RefundAssist', 20, START + 25_000);
  expect(total).toBeGreaterThan(5_000);
  expect(Math.abs((counts['1.5.0'] ?? 0) / total - 0.25)).toBeLessThan(0.03);
});

test('nobody is shown a card where no version serves', () => {
  const drive = givenTraffic();
  drive.org.actions.replace(SEEDED_ACTION_ID, actionBody('1.4.0', 60, 'control'));
  drive.forSeconds(10);
  expect(drive.events.length).toBeGreaterThan(1_000);
  const shown = drive.events.filter(({ type }) => type !== 'agentassist.action.withheld');
  expect(shown.every(({ conversationId }) => bucketOf(conversationId) >= 40)).toBe(true);
});

test('cards surface only where the trigger fires: on its queue, and never for a keyword that nobody says', () => {
  const drive = givenTraffic();
  drive.forSeconds(5);
  expect(new Set(drive.events.map(({ queueId }) => queueId))).toEqual(new Set([SEEDED.queues.billing.id]));
  expect(new Set(drive.org.conversations.all().map(({ queueId }) => queueId)).size).toBe(3);
  drive.forSeconds(5);
  const trigger = { ...SEEDED_BASELINE.trigger, keywords: ['zeppelin'] };
  drive.org.actions.replace(SEEDED_ACTION_ID, { ...SEEDED_BASELINE, trigger });
  const before = cardsOf(drive.events).size;
  drive.forSeconds(5);
  expect(cardsOf(drive.events).size).toBe(before);
});

test('200 agents take part, and a conversation stays with its agent', () => {
  const drive = givenTraffic();
  drive.forSeconds(10);
  expect(new Set(drive.events.map(({ agentId }) => agentId)).size).toBe(200);
  const agents = new Map(drive.events.map(({ conversationId, agentId }) => [conversationId, agentId]));
  expect(drive.events.every(({ conversationId, agentId }) => agents.get(conversationId) === agentId)).toBe(true);
});

test('a card that is never rendered has no renderedAt and no outcome', () => {
  const drive = givenTraffic({ traffic: { models: { '1.4.0': { undelivered: 1 } } } });
  drive.forSeconds(5);
  expect(drive.events.length).toBeGreaterThan(500);
  expect(
    drive.events.every((event) => event.type === 'agentassist.action.triggered' && event.renderedAt === undefined),
  ).toBe(true);
});

function cardsOf(events: readonly EngagementEvent[]): Set<string> {
  return new Set(events.map(({ cardId }) => cardId));
}

/** Of the cards that have had ten seconds to settle. */
function ratesOf(
  events: readonly EngagementEvent[],
  version: string,
): {
  cards: number;
  accept: number;
  dismiss: number;
  undelivered: number;
  medianLatencyMs: number;
} {
  const settledBefore = Date.parse(events.at(-1)?.occurredAt ?? '') - 10_000;
  const mine = events.filter((event) => event.version === version && Date.parse(event.triggeredAt) < settledBefore);
  const count = (name: string): number => mine.filter(({ type }) => type === `agentassist.action.${name}`).length;
  const [cards, rendered] = [count('triggered'), count('rendered')];
  const latencies = mine
    .filter(({ type }) => type.endsWith('rendered'))
    .map(({ triggeredAt, renderedAt }) => Date.parse(renderedAt ?? '') - Date.parse(triggeredAt))
    .toSorted((a, b) => a - b);
  return {
    cards,
    accept: count('accepted') / rendered,
    dismiss: count('dismissed') / rendered,
    undelivered: 1 - rendered / cards,
    medianLatencyMs: latencies[Math.floor(latencies.length / 2)] ?? Number.NaN,
  };
}

test('where no version serves, it is told that the trigger fired, and what is measured of it is told as of any card', () => {
  const custom = (median: number): object => ({ custom: { handleTime: { median } } });
  const drive = givenTraffic({ traffic: { models: { '1.5.0': custom(360), none: custom(300) } } });
  drive.org.actions.remove(SEEDED_ACTION_ID);
  drive.org.actions.create(actionBody('1.5.0', 20));
  drive.forSeconds(20);
  const withheld = drive.events.filter(({ type }) => type === 'agentassist.action.withheld');
  const shown = drive.events.filter(({ type }) => type === 'agentassist.action.triggered');
  expect(withheld.every(({ version, conversationId }) => version === '1.5.0' && bucketOf(conversationId) >= 20)).toBe(
    true,
  );
  expect(shown.every(({ conversationId }) => bucketOf(conversationId) < 20)).toBe(true);
  expect(Math.abs(shown.length / (shown.length + withheld.length) - 0.2)).toBeLessThan(0.03);
  const median = (cards: readonly EngagementEvent[]): number => {
    const ids = new Set(cards.map(({ cardId }) => cardId));
    const values = drive.metrics.filter(({ cardId }) => ids.has(cardId)).map(({ value }) => value);
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  };
  expect(median(withheld)).toBeCloseTo(300, -1.4);
  expect(median(shown)).toBeCloseTo(360, -1.4);
});
