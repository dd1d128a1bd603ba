/** What a card waits for before it has settled. */
import { definitionOf } from './index.ts';
import type { MetricName, Outcome } from './index.ts';

/** Besides the agent's answer. */
export interface Awaited {
  /** Names of custom metrics. */
  readonly custom: readonly string[];
  readonly outcomes: readonly Outcome[];
}

interface Guarded {
  readonly metric: MetricName;
  readonly name?: string | undefined;
}

/** What these guardrails ask of a card, each once. */
export function awaitedBy(guardrails: readonly Guarded[]): Awaited {
  const outcomes = guardrails.flatMap(({ metric }) => {
    const definition = definitionOf(metric);
    const outcome = definition.kind === 'rate' ? definition.outcome : null;
    return outcome === null || outcome.isAnswer ? [] : [outcome.name];
  });
  return { custom: guardrails.flatMap(({ name }) => name ?? []), outcomes: [...new Set(outcomes)] };
}
