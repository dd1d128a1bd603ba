/**
 * Seeded cards of one version: agents who differ, shifts, day and night, and something that changes after the
 * promotion.
 */
import { betaByCorrelation, poisson } from '../judge/draws.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { startLongWatch, watchCards } from '../../src/domain/long-watch/long-watch.ts';
import { longWatchReport } from '../../src/domain/long-watch/report.ts';
import { freezeRecord } from '../../src/domain/long-watch/own-record.ts';
import type { LongWatchReport, OwnRecord, RecordCard } from '../../src/domain/long-watch/types.ts';
import type { Guardrail } from '../../src/domain/plan/plan.ts';

export const HOUR = 3_600_000;
/** A Monday at six in the morning, UTC. */
export const PROMOTED = Date.parse('2026-03-02T06:00:00.000Z');
export const ALPHA = 0.05;
export const guardrails: readonly Guardrail[] = [
  {
    metric: 'acceptanceRate',
    worseWhen: 'lower',
    margin: { kind: 'relative', value: 0.1 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'dismissalRate',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.2 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'deliveryLatency',
    statistic: 'p95',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.25 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'undeliveredRate',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 0.01 },
    alpha: 0.01,
    mode: 'enforce',
  },
];

export interface Version {
  readonly accept: number;
  readonly dismiss: number;
  readonly undelivered: number;
  readonly medianMs: number;
  readonly sigma: number;
}

export const usual: Version = { accept: 0.2, dismiss: 0.2, undelivered: 0.01, medianMs: 400, sigma: 0.7 };

export interface Stream {
  readonly seed: number;
  /** Hours of the record before the promotion, and of the watch after it. */
  readonly recordHours: number;
  readonly watchHours: number;
  readonly perHour: number;
  /** Intra-agent correlation of outcomes and latencies; 60 agents in three shifts of eight hours. */
  readonly correlation: number;
  /** Day and night: +- this part of every value. */
  readonly rhythm: number;
  /** What the version is like so many hours after the promotion. */
  readonly later: (hours: number) => Version;
  readonly guardrails: readonly Guardrail[];
}

export const still: Omit<Stream, 'seed'> = {
  recordHours: 8,
  watchHours: 48,
  perHour: 60,
  correlation: 0,
  rhythm: 0,
  later: () => usual,
  guardrails,
};

export interface Watched {
  readonly record: OwnRecord;
  readonly report: LongWatchReport;
  /** Cards after the promotion until harm was said; null when it never was. */
  readonly cards: number | null;
}

/** Looked at every 50 cards. */
export function watchStream(stream: Stream): Watched {
  const cards = cardsOf(stream);
  const before = cards.filter(({ triggeredAtMs }) => triggeredAtMs < PROMOTED);
  const after = cards.slice(before.length);
  const record = freezeRecord(before, {
    guardrails: stream.guardrails,
    alpha: ALPHA,
    startedAtMs: PROMOTED,
    endsAtMs: PROMOTED + stream.watchHours * HOUR,
  });
  let state = startLongWatch(record);
  for (let at = 0; at < after.length; at += LOOK) {
    state = watchCards(record, state, after.slice(at, at + LOOK));
    const report = longWatchReport(record, state);
    if (report.verdict === 'harm') return { record, report, cards: state.cards };
  }
  return { record, report: longWatchReport(record, state), cards: null };
}

const LOOK = 50;
const AGENTS = 60;
const SHIFTS = 3;

export function cardsOf(stream: Stream): readonly RecordCard[] {
  const random = seededRandom(stream.seed);
  const agents = Array.from({ length: AGENTS }, () => ({
    accept: ratio(random, usual.accept, stream.correlation),
    dismiss: ratio(random, usual.dismiss, stream.correlation),
    slow: Math.sqrt(stream.correlation) * random.normal(),
  }));
  const cards: RecordCard[] = [];
  for (let hour = -stream.recordHours; hour < stream.watchHours; hour++) {
    const version = hour < 0 ? usual : stream.later(hour);
    const ofDay = (((PROMOTED / HOUR + hour) % 24) + 24) % 24;
    // Highest at eight in the morning, lowest at eight in the evening: a record of the night's end and the morning is
    // the worst.
    const wave = stream.rhythm * Math.cos((2 * Math.PI * (ofDay - 2)) / 24);
    const count = poisson(random, stream.perHour);
    for (let i = 0; i < count; i++) {
      const who = Math.floor(ofDay / 8) * (AGENTS / SHIFTS) + Math.floor(random.next() * (AGENTS / SHIFTS));
      const agent = agents[who] ?? { accept: 1, dismiss: 1, slow: 0 };
      const delivered = random.next() >= version.undelivered;
      const draw = random.next();
      const accept = version.accept * agent.accept * (1 + wave);
      const dismiss = version.dismiss * agent.dismiss * (1 - wave);
      const shift = agent.slow + Math.sqrt(1 - stream.correlation) * random.normal();
      cards.push({
        triggeredAtMs: PROMOTED + hour * HOUR + Math.floor((i * HOUR) / count),
        agent: `agent-${who}`,
        outcomes: !delivered ? [] : draw < accept ? ['accepted'] : draw < accept + dismiss ? ['dismissed'] : [],
        latencyMs: delivered ? Math.round(version.medianMs * (1 - wave) * Math.exp(version.sigma * shift)) : null,
      });
    }
  }
  return cards;
}

function ratio(random: ReturnType<typeof seededRandom>, mean: number, correlation: number): number {
  return correlation === 0 ? 1 : betaByCorrelation(random, mean, correlation) / mean;
}
