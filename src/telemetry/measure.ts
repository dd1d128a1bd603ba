/**
 * What the code measures with. Nothing is kept while nobody serves metrics: a call costs one look at a variable. The SDK
 * is no concern of those who measure (sdk.ts).
 */
import type { BatchObservableResult, Counter, Histogram, Meter, Observable } from '@opentelemetry/api';
import { METRICS, definitionOf } from './metrics.ts';
import type { CounterName, GaugeName, HistogramName, LabelsOf, MetricName } from './metrics.ts';

type Labels = Readonly<Record<string, string>>;

interface Instruments {
  readonly counters: ReadonlyMap<MetricName, Counter>;
  readonly histograms: ReadonlyMap<MetricName, Histogram>;
}

/** What a gauge is now. */
export interface Reading {
  readonly gauge: GaugeName;
  readonly value: number;
  readonly labels?: Labels;
}

/** A store that hangs must not take the other figures with it; Prometheus itself waits for 10 s. */
const READ_MS = 3_000;

type Reader = () => readonly Reading[] | Promise<readonly Reading[]>;

let instruments: Instruments | null = null;
const readers = new Set<Reader>();

type More<Name extends MetricName> = LabelsOf<Name> extends Readonly<Record<string, never>> ? [] : [LabelsOf<Name>];

export function count<Name extends CounterName>(name: Name, by: number, ...[labels]: More<Name>): void {
  if (instruments === null || by === 0) return;
  instruments.counters.get(name)?.add(by, labels);
}

export function observe<Name extends HistogramName>(name: Name, value: number, ...[labels]: More<Name>): void {
  instruments?.histograms.get(name)?.record(value, labels);
}

export function isMeasuring(): boolean {
  return instruments !== null;
}

/** Asked at each scrape, side by side with the others. What fails is absent from that scrape. */
export function readAtScrape(reader: Reader): () => void {
  readers.add(reader);
  return () => void readers.delete(reader);
}

/** From here on all of it is measured, by instruments of this meter; answers how to end that. */
export function measureBy(meter: Meter): () => void {
  const counters = new Map<MetricName, Counter>();
  const histograms = new Map<MetricName, Histogram>();
  const gauges = new Map<MetricName, Observable>();
  for (const name of Object.keys(METRICS) as MetricName[]) {
    const { type, help: description, buckets } = definitionOf(name);
    if (type === 'gauge') gauges.set(name, meter.createObservableGauge(name, { description }));
    else if (type === 'counter') counters.set(name, meter.createCounter(name, { description }));
    else
      histograms.set(
        name,
        meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: [...(buckets ?? [])] } }),
      );
  }
  for (const [name, counter] of counters) for (const labels of knownLabels(name)) counter.add(0, labels);
  const observeAll = (result: BatchObservableResult): Promise<void> => readAll(result, gauges);
  meter.addBatchObservableCallback(observeAll, [...gauges.values()]);
  instruments = { counters, histograms };
  return () => {
    instruments = null;
    meter.removeBatchObservableCallback(observeAll, [...gauges.values()]);
  };
}

async function readAll(result: BatchObservableResult, gauges: ReadonlyMap<MetricName, Observable>): Promise<void> {
  const answers = await Promise.allSettled([...readers].map((reader) => within(READ_MS, async () => reader())));
  for (const answer of answers) {
    if (answer.status === 'rejected') continue;
    for (const { gauge, value, labels = {} } of answer.value) {
      const instrument = gauges.get(gauge);
      if (instrument !== undefined) result.observe(instrument, value, labels);
    }
  }
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

/** A series that begins at 1 has never risen, as far as an alert can see: where the values are known they begin at 0. */
function knownLabels(name: MetricName): readonly Labels[] {
  let all: Labels[] = [{}];
  for (const [label, values] of Object.entries(definitionOf(name).labels ?? {})) {
    if (values === null) return [];
    all = all.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return all;
}
