/** How agents and the network treat the cards of a version. */
import { z } from 'zod';
import { isCustomName } from '../../domain/metrics/custom-name.ts';
import { definitionOf, RATES } from '../../domain/metrics/index.ts';
import type { Outcome, RateName, SandboxWord } from '../../domain/metrics/index.ts';
import { SANDBOX_LATENCY } from '../../domain/metrics/latency.ts';
import type { Draws } from './draws.ts';

const share = z.number().min(0).max(1);
const multiplier = z.number().min(0).max(100);
const duration = z.number().positive().max(3_600_000);

const rateKnobs = Object.fromEntries(
  RATES.flatMap(({ sandbox: { word } }) => [
    [word, share.optional()],
    [`${word}Multiplier`, multiplier.optional()],
  ]),
) as Record<SandboxWord, z.ZodOptional<typeof share>> &
  Record<`${SandboxWord}Multiplier`, z.ZodOptional<typeof multiplier>>;

/** A number that somebody measures after the card: log-normal, told so long after the trigger. */
const customModelSchema = z.strictObject({
  median: z.number().positive().max(1e9),
  sigma: z.number().min(0).max(3).optional(),
  afterMs: duration.optional(),
});
type CustomModel = z.infer<typeof customModelSchema>;

/**
 * Anything left out is as for the baseline. Rates are shares of the rendered cards, `undelivered` of all. Handling is of
 * the conversation in which it was shown.
 */
export const versionModelSchema = z.strictObject({
  ...rateKnobs,
  latencyMedianMs: duration.optional(),
  latencySigma: z.number().min(0).max(3).optional(),
  decisionMeanMs: duration.optional(),
  latencyMultiplier: multiplier.optional(),
  handleMultiplier: multiplier.optional(),
  transferMultiplier: multiplier.optional(),
  custom: z.record(z.string().refine(isCustomName), customModelSchema).optional(),
});
export type VersionModel = z.infer<typeof versionModelSchema>;

/** What stands for the version where nothing is shown: only custom metrics and handling can be told of it. */
export const NO_CARD = 'none';

/** By version, `1.6.0`; by the title of a suggestion's text; by the id of an assistant; or `none`. */
export const modelsSchema = z.record(z.string(), versionModelSchema);
export type Models = Readonly<Record<string, VersionModel>>;

/** What happens to one card. */
export interface CardFate {
  /** null: never rendered; then nothing else comes of it. */
  readonly latencyMs: number | null;
  /** In the order in which they were drawn; `afterMs`: from rendered on. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly afterMs: number }[];
}

/** How an agent differs from the average one: a factor of each rate that cards are answered at. */
export type AgentEffect = Readonly<Partial<Record<RateName, number>>>;

const [LATENCY_MULTIPLIER, DECISION_MEAN_MS] = [1, 400];
const TOLD = RATES.flatMap(({ name, outcome }) => (outcome === null ? [] : [{ rate: name, ...outcome }]));
const ANSWERED = TOLD.filter(({ isAnswer }) => isAnswer);
const OTHERS = TOLD.filter(({ isAnswer }) => !isAnswer);

/** Takes the same draws whatever the model, so that two models differ in nothing but what was asked. */
export function drawFate(model: VersionModel = {}, agent: AgentEffect, random: Draws): CardFate {
  const rateOf = (rate: RateName): number => modelled(rate, model) * (agent[rate] ?? 1);
  const isDelivered = random.uniform() >= rateOf('undeliveredRate');
  const median = (model.latencyMedianMs ?? SANDBOX_LATENCY.medianMs) * (model.latencyMultiplier ?? LATENCY_MULTIPLIER);
  const latencyMs = median * Math.exp((model.latencySigma ?? SANDBOX_LATENCY.sigma) * random.normal());
  const taste = random.uniform();
  const after = (): number => random.exponential(model.decisionMeanMs ?? DECISION_MEAN_MS);
  const decisionMs = after();
  const answer = answerOf(taste, rateOf);
  const others = OTHERS.flatMap(({ rate, name }) => {
    const [draw, afterMs] = [random.uniform(), after()];
    return draw < rateOf(rate) ? [{ outcome: name, afterMs }] : [];
  });
  if (!isDelivered) return { latencyMs: null, outcomes: [] };
  return { latencyMs, outcomes: [...answer.map((outcome) => ({ outcome, afterMs: decisionMs })), ...others] };
}

/** Custom metrics by the model, in the order of their names. */
export function drawCustom(
  { custom = {} }: VersionModel = {},
  random: Draws,
): readonly { readonly name: string; readonly value: number; readonly afterMs: number }[] {
  return Object.entries(custom)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, model]) => ({ name, value: valueOf(model, random), afterMs: model.afterMs ?? 1_000 }));
}

/** To the thousandth. */
function valueOf({ median, sigma = 0.3 }: CustomModel, random: Draws): number {
  return Math.round(1000 * median * Math.exp(sigma * random.normal())) / 1000;
}

function modelled(rate: RateName, model: VersionModel): number {
  const { word, share: usual } = definitionOf(rate).sandbox;
  return (model[word] ?? usual) * (model[`${word}Multiplier`] ?? 1);
}

/** The agent's one answer, or none. */
function answerOf(taste: number, rateOf: (rate: RateName) => number): readonly Outcome[] {
  let upTo = 0;
  const found = ANSWERED.find(({ rate }) => taste < (upTo += Math.min(1 - upTo, rateOf(rate))));
  return found === undefined ? [] : [found.name];
}

/** `spread` is the standard deviation of the logarithm; the mean factor is one. */
export function drawAgentEffect(random: Draws, spread: number): AgentEffect {
  const factor = (): number => Math.exp(spread * random.normal() - spread ** 2 / 2);
  return Object.fromEntries([...ANSWERED, ...OTHERS].map(({ rate }) => [rate, factor()]));
}
