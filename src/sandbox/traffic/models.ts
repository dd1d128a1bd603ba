/** How agents and the network treat the cards of a version. */
import { z } from 'zod';
import type { Draws } from './draws.ts';

const share = z.number().min(0).max(1);
const multiplier = z.number().min(0).max(100);
const duration = z.number().positive().max(3_600_000);

/** Anything left out is as for the baseline. */
export const versionModelSchema = z.strictObject({
  /** Shares of the rendered cards. */
  accept: share.optional(),
  dismiss: share.optional(),
  /** Share of the cards that never render. */
  undelivered: share.optional(),
  latencyMedianMs: duration.optional(),
  latencySigma: z.number().min(0).max(3).optional(),
  decisionMeanMs: duration.optional(),
  acceptMultiplier: multiplier.optional(),
  dismissMultiplier: multiplier.optional(),
  undeliveredMultiplier: multiplier.optional(),
  latencyMultiplier: multiplier.optional(),
});
export type VersionModel = z.infer<typeof versionModelSchema>;

/** By version, `1.6.0`. */
export const modelsSchema = z.record(z.string(), versionModelSchema);
export type Models = Readonly<Record<string, VersionModel>>;

/** What happens to one card. */
export interface CardFate {
  /** null: never rendered. */
  readonly latencyMs: number | null;
  readonly outcome: 'accepted' | 'dismissed' | 'none';
  /** From rendered to the outcome. */
  readonly decisionMs: number;
}

/** How an agent differs from the average one. */
export interface AgentEffect {
  readonly acceptFactor: number;
  readonly dismissFactor: number;
}

const BASELINE = {
  accept: 0.4,
  dismiss: 0.2,
  undelivered: 0.01,
  latencyMedianMs: 220,
  latencySigma: 0.5,
  decisionMeanMs: 400,
  acceptMultiplier: 1,
  dismissMultiplier: 1,
  undeliveredMultiplier: 1,
  latencyMultiplier: 1,
};

/** Takes the same draws whatever the model, so that two models differ in nothing but what was asked. */
export function drawFate(model: VersionModel | undefined, agent: AgentEffect, random: Draws): CardFate {
  const rates = ratesOf(model);
  const isDelivered = random.uniform() >= rates.undelivered * rates.undeliveredMultiplier;
  const latencyMs = rates.latencyMedianMs * rates.latencyMultiplier * Math.exp(rates.latencySigma * random.normal());
  const taste = random.uniform();
  const decisionMs = random.exponential(rates.decisionMeanMs);
  const accept = Math.min(1, rates.accept * rates.acceptMultiplier * agent.acceptFactor);
  const dismiss = Math.min(1 - accept, rates.dismiss * rates.dismissMultiplier * agent.dismissFactor);
  if (!isDelivered) return { latencyMs: null, outcome: 'none', decisionMs };
  return { latencyMs, outcome: outcomeOf(taste, accept, dismiss), decisionMs };
}

function ratesOf(model: VersionModel = {}): typeof BASELINE {
  const asked = Object.entries(model).filter(([, value]) => value !== undefined);
  return { ...BASELINE, ...Object.fromEntries(asked) };
}

/** `spread` is the standard deviation of the logarithm; the mean factor is one. */
export function drawAgentEffect(random: Draws, spread: number): AgentEffect {
  const factor = (): number => Math.exp(spread * random.normal() - spread ** 2 / 2);
  return { acceptFactor: factor(), dismissFactor: factor() };
}

function outcomeOf(taste: number, accept: number, dismiss: number): CardFate['outcome'] {
  if (taste < accept) return 'accepted';
  return taste < accept + dismiss ? 'dismissed' : 'none';
}
