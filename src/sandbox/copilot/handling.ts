/** How long and how well a conversation is handled, by the model of what was shown in it. */
import type { Draws } from '../traffic/draws.ts';
import type { Models, VersionModel } from '../traffic/models.ts';
import type { ConversationOutcome } from './record.ts';

/** The first of these that has one. */
export function modelFor(models: Models, keys: readonly (string | undefined)[]): VersionModel | undefined {
  for (const key of keys) if (key !== undefined && Object.hasOwn(models, key)) return models[key];
  return undefined;
}

export interface UsualHandling {
  readonly acwMedianMs: number;
  readonly acwSigma: number;
  readonly transferShare: number;
}

/** Takes the same draws whatever the model. Talking is as long as it is, so handling cannot become shorter than that. */
export function drawOutcome(
  usual: UsualHandling,
  { handleMultiplier = 1, transferMultiplier = 1 }: VersionModel = {},
  { talkMs, endMs }: { readonly talkMs: number; readonly endMs: number },
  random: Draws,
): ConversationOutcome {
  const usualAcwMs = usual.acwMedianMs * Math.exp(usual.acwSigma * random.normal());
  const acwMs = Math.max(0, Math.round((talkMs + usualAcwMs) * handleMultiplier - talkMs));
  const transferred = random.uniform() < usual.transferShare * transferMultiplier;
  return { talkMs, acwMs, handleMs: talkMs + acwMs, transferred, atMs: endMs + acwMs };
}
