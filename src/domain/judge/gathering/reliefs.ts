/** By how much the candidate's latencies are relieved before they are compared: once for each tolerance of the plan. */
import { relieve } from '../maths/margin.ts';
import type { Margin } from '../../metrics/definition.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { toleratedMargin } from '../../plan/tolerance.ts';

/** Each tolerance of a guardrail on latency, by its key. */
export type Reliefs = ReadonlyMap<string, Margin>;

export function latencyReliefs(guardrails: readonly Guardrail[]): Reliefs {
  return new Map(
    guardrails
      .filter(({ metric }) => metric === 'deliveryLatency')
      .map((guardrail) => [reliefKey(guardrail), toleratedMargin(guardrail)]),
  );
}

/** Guardrails that tolerate the same share one. */
export function reliefKey(guardrail: Guardrail): string {
  const { kind, value } = toleratedMargin(guardrail);
  return `${kind} ${value}`;
}

/** In ms; never below 0. */
export function relieveMs(relief: Margin, ms: number): number {
  return Math.max(0, relieve(relief, ms));
}
