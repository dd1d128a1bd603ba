/** How agents treat what copilots suggest, and how long and how well they handle such conversations. */
import { z } from 'zod';
import type { Draws } from '../traffic/draws.ts';
import { versionModelSchema } from '../traffic/models.ts';
import type { ConversationOutcome } from './record.ts';

const multiplier = z.number().min(0).max(100).optional();

/** Rates as for cards, with `undelivered` for what no agent looks at. */
const copilotModelSchema = versionModelSchema.extend({
  /** Of talking and after-call work together; talking is as long as it is, so it cannot make a call shorter than that. */
  handleMultiplier: multiplier,
  transferMultiplier: multiplier,
});
export type CopilotModel = z.infer<typeof copilotModelSchema>;

/** By the title of a third party's text, by the id of an assistant, by what else was shown, or `none`. */
export const copilotModelsSchema = z.record(z.string(), copilotModelSchema);
export type CopilotModels = Readonly<Record<string, CopilotModel>>;

/** Stands for conversations in which nothing of the kind was shown. */
export const NO_ASSISTANT = 'none';

/** The first of these that has one. */
export function modelFor(models: CopilotModels, ...keys: readonly (string | undefined)[]): CopilotModel | undefined {
  for (const key of keys) if (key !== undefined && Object.hasOwn(models, key)) return models[key];
  return undefined;
}

export interface UsualHandling {
  readonly acwMedianMs: number;
  readonly acwSigma: number;
  readonly transferShare: number;
}

/** Takes the same draws whatever the model. */
export function drawOutcome(
  usual: UsualHandling,
  { handleMultiplier = 1, transferMultiplier = 1 }: CopilotModel = {},
  { talkMs, endMs }: { readonly talkMs: number; readonly endMs: number },
  random: Draws,
): ConversationOutcome {
  const usualAcwMs = usual.acwMedianMs * Math.exp(usual.acwSigma * random.normal());
  const acwMs = Math.max(0, Math.round((talkMs + usualAcwMs) * handleMultiplier - talkMs));
  const transferred = random.uniform() < usual.transferShare * transferMultiplier;
  return { talkMs, acwMs, handleMs: talkMs + acwMs, transferred, atMs: endMs + acwMs };
}
