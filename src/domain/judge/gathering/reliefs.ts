/** By how much the candidate's latencies are relieved before they are compared: once for each tolerance of the plan. */
import { relieve, reliefOf } from '../maths/margin.ts';
import type { Relief } from '../maths/margin.ts';
import type { Guardrail } from '../../plan/plan.ts';

/** Each tolerance of a guardrail on latency, by its key. */
export type Reliefs = ReadonlyMap<string, Relief>;

export function latencyReliefs(guardrails: readonly Guardrail[]): Reliefs {
  return new Map(
    guardrails
      .filter(({ metric }) => metric === 'deliveryLatency')
      .map((guardrail) => [reliefKey(guardrail), reliefOf(guardrail)]),
  );
}

/** Guardrails that tolerate the same share one. */
export function reliefKey(guardrail: Guardrail): string {
  const { kind, value } = reliefOf(guardrail);
  return `${kind} ${value}`;
}

/** In ms; never below 0. */
export function relieveMs(relief: Relief, ms: number): number {
  return Math.max(0, relieve(relief, ms));
}
