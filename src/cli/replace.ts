/** Before another run of an action begins: the one at hand is aborted, and its roll back waited for. */
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import type { HumanAct } from '../workflows/messages.ts';
import type { Deps } from './deps.ts';
import { needsPerson } from './exit-codes.ts';
import { shownText } from './view/units.ts';
import { createWaitWords } from './wait-words.ts';

export const REPLACE = [
  '--replace',
  'abort the rollout of the action that runs, wait for the proof of its roll back, then begin',
] as const;

/**
 * How it ended; null where none runs. Only the very run that was found is aborted: who replaces at the same time is told that
 * another one runs when it begins, and harms it not.
 */
export async function abortRunning(
  { out, signal }: Deps,
  configurator: Configurator,
  action: string,
  act: HumanAct,
): Promise<RolloutView | null> {
  const found = await configurator.status(action).catch((error: unknown) => {
    if (error instanceof AssistError && error.code === 'rollout-not-found') return null;
    throw error;
  });
  if (found === null || !found.running) return null;
  const { runId } = found;
  let said = 'is aborted';
  await configurator.act('abort', action, act, runId).catch((error: unknown) => {
    // It is on its way back already, or over: its end says which.
    if (!(error instanceof AssistError) || (error.code !== 'update-rejected' && error.code !== 'rollout-ended'))
      throw error;
    said = 'is on its way back already';
  });
  out.stderr(`${action} ${found.status.version} ${said}; waiting for its end, proven\n`);
  let last: RolloutView = found;
  const tell = createWaitWords(out);
  for await (const view of configurator.followRollout(action, {
    runId,
    signal,
    onTrouble: (error) => out.stderr(`${error.message}\n`),
  })) {
    last = view;
    tell(view);
    if (!view.running || (needsPerson(view.status.phase) && view.status.phase !== 'held')) break;
  }
  assertBack(last);
  return last;
}

/** Nothing begins on top of what is not proven to be gone. */
function assertBack({ running, lost, status: { action, version, outcome, waitingFor, reason } }: RolloutView): void {
  if (lost === null && (outcome === 'rolledBack' || outcome === 'rejected' || outcome === 'undone')) return;
  if (outcome !== null)
    throw new AssistError(
      'rollout-ended',
      `${action} ${version} had ended as ${outcome} before it could be aborted. Nothing else was started.`,
      `\`assist-rollouts status ${action}\` shows it; start again if that is still what you want.`,
    );
  throw new AssistError(
    'update-rejected',
    `${action} ${version} is aborted, and its roll back is not proven: ${shownText(running ? waitingFor : reason)} ` +
      'Nothing else was started.',
    `\`assist-rollouts watch ${action}\` follows it; start again when it is rolled back.`,
  );
}
