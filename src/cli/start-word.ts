/** Whoever starts a rollout hears whether it stands: rejected at once, by the preflight or as it is deployed, is no start. */
import type { Configurator } from '../configurator.ts';
import type { RolloutRef, RolloutView } from '../configurator/rollouts.ts';
import type { Phase } from '../domain/rollout/status.ts';
import type { Deps } from './deps.ts';
import { EXIT } from './exit-codes.ts';
import { shownText } from './view/units.ts';
import { createWaitWords, sayOnce, SILENCE_MS } from './wait-words.ts';

/** The organisation may take long to answer; the rollout goes on by itself. */
const PATIENCE_MS = 30_000;

/** In these it may still be rejected, and soon; one that is `scheduled` waits for its time. */
const UNDECIDED: readonly string[] = ['validating', 'deploying'] satisfies readonly Phase[];

/** The first view in which it stands, or is over; else how far it was last seen, null where it was not. */
export async function startWord(
  { signal, out, now }: Pick<Deps, 'signal' | 'out' | 'now'>,
  configurator: Configurator,
  action: string,
  { runId }: RolloutRef,
): Promise<RolloutView | null> {
  const startedMs = now();
  const tellWait = createWaitWords(out);
  const tellTrouble = sayOnce(out);
  let seen: RolloutView | null = null;
  try {
    const views = configurator.followRollout(action, {
      runId,
      pollMs: 250,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      onTrouble: ({ message }) => tellTrouble(message),
    });
    for await (seen of views) {
      if (!isUndecided(seen)) break;
      if (now() - startedMs >= SILENCE_MS) tellWait(seen);
    }
  } catch {
    // It is started, whatever becomes of asking.
  }
  return seen;
}

function isUndecided({ running, status }: RolloutView): boolean {
  return running && UNDECIDED.includes(status.phase);
}

export function startWordText(view: RolloutView | null, name: string): string {
  const follow = `follow it with assist-rollouts watch ${name}`;
  if (view === null) return `Nothing was heard of it yet, and it may still be rejected: ${follow}`;
  const { phase, outcome, reason, waitingFor } = view.status;
  if (outcome !== null) return `${outcome}: ${shownText(reason)}`;
  if (view.lost !== null) return `${phase}: ${shownText(reason)} It waits for ${shownText(waitingFor)}`;
  if (phase === 'validating') return `The preflight has not spoken yet, and may still reject it: ${follow}`;
  const waits = `It passed the preflight and waits for ${shownText(waitingFor)}`;
  return isUndecided(view) ? `${waits}; until then it may still be rejected: ${follow}` : `${waits}: ${follow}`;
}

/** What came after the deployment is no part of the start. */
export function startCode(view: RolloutView | null): number {
  if (view === null) return EXIT.ok;
  if (view.lost !== null) return EXIT.needsAttention;
  return view.status.outcome === 'rejected' ? EXIT.badInput : EXIT.ok;
}
