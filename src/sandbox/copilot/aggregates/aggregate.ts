/** Facts into the answer of an aggregate query. Groups without facts are missing, as are metrics and parts of the interval. */
import type { Fact } from './fact.ts';
import type { AggregateQuery } from './query.ts';

interface Tally {
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly distinct: Set<string>;
}

interface Group {
  readonly group: Readonly<Record<string, string>>;
  /** By the number of the part, then by metric. */
  readonly parts: Map<number, Map<string, Tally>>;
}

export function aggregate(query: AggregateQuery, facts: Iterable<Fact>): { readonly results: readonly object[] } {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    if (!query.metrics.has(fact.metric) || !query.passes(fact)) continue;
    const atMs = query.byEventTime ? fact.eventMs : fact.conversationStartMs;
    if (atMs < query.fromMs || atMs >= query.toMs) continue;
    const { parts } = groupOf(groups, query.groupBy, fact);
    const part = Math.floor((atMs - query.fromMs) / query.stepMs);
    const tallies = parts.get(part) ?? new Map<string, Tally>();
    parts.set(part, tallies.set(fact.metric, counted(tallies.get(fact.metric), fact.value)));
  }
  return { results: [...groups.values()].map(({ group, parts }) => ({ group, data: dataOf(query, parts) })) };
}

/** A dimension that a fact does not have is not in its group. */
function groupOf(groups: Map<string, Group>, groupBy: readonly string[], { dimensions }: Fact): Group {
  const pairs = groupBy.flatMap((name) => {
    const value = dimensions[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const key = JSON.stringify(pairs);
  const known = groups.get(key) ?? { group: Object.fromEntries(pairs), parts: new Map() };
  groups.set(key, known);
  return known;
}

function counted(tally: Tally | undefined, value: number | string): Tally {
  const kept = tally ?? { count: 0, sum: 0, min: Infinity, max: -Infinity, distinct: new Set<string>() };
  if (typeof value === 'string') {
    kept.count = kept.distinct.add(value).size;
    return kept;
  }
  kept.count += 1;
  kept.sum += value;
  kept.min = Math.min(kept.min, value);
  kept.max = Math.max(kept.max, value);
  return kept;
}

function dataOf({ fromMs, toMs, stepMs }: AggregateQuery, parts: Group['parts']): object[] {
  return [...parts]
    .toSorted(([a], [b]) => a - b)
    .map(([part, tallies]) => {
      const start = fromMs + part * stepMs;
      return {
        interval: `${iso(start)}/${iso(Math.min(toMs, start + stepMs))}`,
        metrics: [...tallies].map(([metric, tally]) => ({ metric, stats: statsOf(metric, tally) })),
      };
    });
}

function statsOf(metric: string, { count, sum, min, max }: Tally): object {
  return metric.startsWith('t') ? { max, min, count, sum } : { count };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
