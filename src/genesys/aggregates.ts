/** Figures over many conversations or suggestions, by what they are grouped by. They may be corrected for two days. */
import { z } from 'zod';
import type { Api } from './http.ts';

export interface AggregateQuery {
  /** ms since the epoch; `fromMs` inclusive, `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `tHandle`, `nTransferred`, `nDistinctSuggestions`, for example. */
  readonly metrics: readonly string[];
  /** `agentAssistantId`, `queueId`, `state`, for example. */
  readonly groupBy?: readonly string[];
  /** ISO 8601 period such as `PT30M`; absent: one figure for the whole. */
  readonly granularity?: string;
  /** Filter of the public API: `{type, predicates, clauses}`. */
  readonly filter?: object;
}

/** One group within one interval. */
export interface Aggregate {
  readonly group: Readonly<Record<string, string>>;
  /** `start/end` in ISO 8601. */
  readonly interval: string;
  /** By metric; what is not told is absent. A metric with a qualifier stands once for each of them. */
  readonly metrics: readonly AggregateMetric[];
}

export interface AggregateMetric {
  readonly metric: string;
  readonly qualifier: string | null;
  readonly count: number | null;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export interface Aggregates {
  /** Groups without anything are left out by the platform. */
  agentCopilots(query: AggregateQuery): Promise<readonly Aggregate[]>;
  conversations(query: AggregateQuery): Promise<readonly Aggregate[]>;
}

export function createAggregates(api: Api): Aggregates {
  const ask =
    (of: 'agentcopilots' | 'conversations') =>
    async (query: AggregateQuery): Promise<readonly Aggregate[]> => {
      const path = `analytics/${of}/aggregates/query`;
      const { value } = await api({ method: 'POST', path, body: bodyOf(query), schema: answerSchema });
      return (value.results ?? []).flatMap(({ group, data }) =>
        (data ?? []).map(({ interval, metrics }) => ({ group: group ?? {}, interval, metrics: metrics ?? [] })),
      );
    };
  return { agentCopilots: ask('agentcopilots'), conversations: ask('conversations') };
}

const figure = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
const metricSchema = z
  .object({
    metric: z.string(),
    qualifier: z.string().nullish(),
    stats: z.object({ count: figure, sum: figure, min: figure, max: figure }).nullish(),
  })
  .transform(({ metric, qualifier, stats }): AggregateMetric => ({
    metric,
    qualifier: qualifier ?? null,
    ...(stats ?? { count: null, sum: null, min: null, max: null }),
  }));
const answerSchema = z.object({
  results: z
    .array(
      z.object({
        group: z.record(z.string(), z.string()).nullish(),
        data: z.array(z.object({ interval: z.string(), metrics: z.array(metricSchema).nullish() })).nullish(),
      }),
    )
    .nullish(),
});

function bodyOf({ fromMs, toMs, metrics, groupBy, granularity, filter }: AggregateQuery): object {
  return {
    interval: `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`,
    metrics: [...metrics],
    ...(groupBy === undefined ? {} : { groupBy: [...groupBy] }),
    ...(granularity === undefined ? {} : { granularity }),
    ...(filter === undefined ? {} : { filter }),
  };
}
