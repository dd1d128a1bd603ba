/**
 * The kinds of target: where a version is deployed and its split is set. Whatever takes a plan takes them from here;
 * `src/targets/index.ts` has the adapter of each.
 */
import { z } from 'zod';

export const targetSchema = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('agentAssistActions') })]);

export type PlanTarget = Readonly<z.output<typeof targetSchema>>;
export type TargetKind = PlanTarget['kind'];

export const DEFAULT_TARGET: PlanTarget = { kind: 'agentAssistActions' };
