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

/** What whoever replaces it means, whatever begins later; null: none runs. */
export async function runningNow(configurator: Configurator, action: string): Promise<RolloutView | null> {
  const found = await configurator.status(action).catch((error: unknown) => {
    if (error instanceof AssistError && error.code === 'rollout-not-found') return null;
    throw error;
  });
  return found?.running === true ? found : null;
}

export interface Replaced {
  readonly action: string;
  readonly found: RolloutView;
  /** What begins next is made of this very rollout: where it has ended by itself, nothing does. */
  readonly mustRun?: boolean;
}

/**
 * How it ended. Only the very run that was found is aborted: who replaces at the same time is told that another one runs
 * when it begins, and harms it not.
 */
export async function abortRunning(
  { out, signal }: Deps,
  configurator: Configurator,
  { action, found, mustRun = false }: Replaced,
  act: HumanAct,
): Promise<RolloutView> {
  const { runId } = found;
  let said = 'is aborted';
  await configurator.act('abort', action, act, runId).catch((error: unknown) => {
    // It is on its way back already, or over: its end says which.
    if (!(error instanceof AssistError) || (error.code !== 'update-rejected' && error.code !== 'rollout-ended'))
      throw error;
    if (mustRun && error.code === 'rollout-ended') throw endedMeanwhile(action, found, error);
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

function endedMeanwhile(action: string, { status: { version } }: RolloutView, cause: AssistError): AssistError {
  return new AssistError(
    'rollout-ended',
    `${action} ${version} has ended since this began to look at it, so it was not aborted, and nothing was started. ${cause.message}`,
    `\`assist-rollouts status "${action}"\` shows what is there now; \`retry\` starts the plan of the last one again.`,
    { cause },
  );
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
