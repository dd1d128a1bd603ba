/** Whoever starts a rollout hears what the preflight says of it: refused at once is no start. */
import type { Configurator } from '../configurator.ts';
import type { RolloutRef, RolloutView } from '../configurator/rollouts.ts';
import type { Deps } from './deps.ts';

/** The organisation may take long to answer; the rollout goes on by itself. */
const PATIENCE_MS = 30_000;

/** The first view in which it has spoken; null: it has not yet, or nobody waits for it any more. */
export async function preflightWord(
  { signal }: Pick<Deps, 'signal'>,
  configurator: Configurator,
  action: string,
  { runId }: RolloutRef,
): Promise<RolloutView | null> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  const views = configurator.followRollout(action, {
    runId,
    pollMs: 250,
    signal: AbortSignal.any([signal, late]),
    onTrouble: () => undefined,
  });
  for await (const view of views) if (!view.running || view.status.phase !== 'validating') return view;
  return null;
}
