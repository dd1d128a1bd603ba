/** What a promoted version may be like for two days, and what the watch should make of it. */
import type { Stream, Version } from './streams.ts';
import { usual } from './streams.ts';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly kind: 'null' | 'harm';
  readonly stream: Partial<Stream>;
  /** Hour at which the harm begins. */
  readonly onset: number;
}

/**
 * 60 agents in three shifts with an intra-agent correlation of 0.03, night and day +-10 %; 200 cards an hour, a record
 * of a day and a night.
 */
const even = { perHour: 200, recordHours: 24 } as const;
const uneven = { ...even, correlation: 0.03, rhythm: 0.1 } as const;
/** The record knows one shift only. */
const oneShift = { ...uneven, recordHours: 8 } as const;

export const scenarios: readonly Scenario[] = [
  like('null', 'like its record, independent cards', even),
  like('null-uneven', 'like its record, agents differ, day and night', uneven),
  like('null-shift', 'the same, a record of one shift', oneShift),
  like('null-few', 'the same, 60 cards an hour', { ...oneShift, perHour: 60 }),
  like('edge-accept', 'acceptance a margin lower', { ...uneven, later: changed({ accept: 0.18 }) }),
  like('edge-accept-shift', 'acceptance a margin lower, a record of one shift', {
    ...oneShift,
    later: changed({ accept: 0.18 }),
  }),
  like('edge-dismiss-shift', 'dismissal a margin higher, a record of one shift', {
    ...oneShift,
    later: changed({ dismiss: 0.24 }),
  }),
  like('edge-latency', 'latency a margin slower', { ...uneven, later: changed({ medianMs: 500 }) }),
  like('edge-latency-shift', 'latency a margin slower, a record of one shift', {
    ...oneShift,
    later: changed({ medianMs: 500 }),
  }),
  like('drift', 'a slow drift to the margins', {
    ...uneven,
    later: (hours) => ({ ...usual, accept: 0.2 * (1 - (0.1 * hours) / 48), medianMs: 400 * (1 + (0.25 * hours) / 48) }),
  }),
  ...harms('', even),
  ...harms('-uneven', uneven),
];

function like(name: string, title: string, stream: Partial<Stream>): Scenario {
  return { name, title, kind: 'null', stream, onset: 0 };
}

function harms(suffix: string, stream: Partial<Stream>): readonly Scenario[] {
  const where = suffix === '' ? '' : ', agents differ, day and night';
  const harm = (name: string, title: string, version: Partial<Version>, onset = 0): Scenario => ({
    name: `${name}${suffix}`,
    title: `${title}${where}`,
    kind: 'harm',
    onset,
    stream: { ...stream, later: (hours) => (hours < onset ? usual : changed(version)()) },
  });
  return [
    harm('accept-50', 'acceptance halved', { accept: 0.1 }),
    harm('accept-25', 'acceptance a quarter lower', { accept: 0.15 }),
    harm('late-accept-50', 'acceptance halved after a day', { accept: 0.1 }, 24),
    harm('latency-2', 'latency x2', { medianMs: 800 }),
    harm('p95-2', 'p95 doubled, median as it was', { sigma: usual.sigma + Math.LN2 / 1.644854 }),
    harm('undelivered', 'undelivered 1 % to 10 %', { undelivered: 0.1 }),
  ];
}

function changed(version: Partial<Version>): () => Version {
  return () => ({ ...usual, ...version });
}
