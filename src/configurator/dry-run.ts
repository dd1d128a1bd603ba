/** What a start would do: asked of a worker, which goes by what a start goes by. Nothing is started or changed. */
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { forecast } from '../domain/forecast/forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { DryRunAnswer } from '../domain/rollout/dry-run.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { seededRandom } from '../domain/shared/random.ts';
import { DRY_RUN_WORKFLOW, rolloutWorkflowId, wavesWorkflowId } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import { askWorker, questionId } from './ask-worker.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import type { Forecaster } from '../subprocesses/forecaster.ts';
import type { RolloutRef } from './rollouts.ts';
import { refTo } from './rollouts.ts';
import type { StartAct } from './start.ts';
import { startInput } from './start.ts';

/** Rates that rest on less say too little. */
export const MIN_CARDS = 500;

export interface DryRun extends DryRunAnswer {
  readonly action: string;
  readonly version: string;
  /** What runs of the action, which a start is refused beside; null: nothing. */
  readonly running: RunningNow | null;
  /** From the traffic of the last days, where enough of it is known, and where it was simulated in time. */
  readonly forecast: {
    readonly sentence: string;
    readonly endsAfterMs: number | null;
    readonly pointless: boolean;
  } | null;
}

export interface RunningNow extends RolloutRef {
  readonly version: string | null;
  readonly phase: string | null;
}

const ANSWER_MS = 45_000;
const READ_TIMEOUT_MS = 8_000;
const SHORT = { runs: 5, maxCards: 40_000 };

/** `forecaster`: of a process that serves others meanwhile; null: it is simulated here. */
export async function dryRun(
  link: TemporalLink,
  plan: Plan,
  act: StartAct,
  forecaster: Forecaster | null,
): Promise<DryRun> {
  const { name, version } = plan.action;
  const running = await runningNow(link, rolloutWorkflowId(name));
  const answer = await answerOf(link, plan, act);
  return { action: name, version, running, ...answer, forecast: await forecastOf(plan, answer, forecaster) };
}

async function answerOf(link: TemporalLink, plan: Plan, act: StartAct): Promise<DryRunAnswer> {
  const workflowId = questionId(DRY_RUN_WORKFLOW);
  const { name, version } = plan.action;
  const unanswered = (why: string, cause: unknown): AssistError =>
    new AssistError(
      'dry-run-unanswered',
      `It cannot be said what a start of ${name} ${version} would do: ${why}`,
      'Nothing was started. Try again in a moment; a start itself waits until it is answered.',
      { cause },
    );
  try {
    return await askWorker<DryRunAnswer>(link, {
      workflow: DRY_RUN_WORKFLOW,
      workflowId,
      input: startInput(link, plan, act, workflowId),
      summary: `${name} ${version}: dry run`,
      waitMs: ANSWER_MS,
      unanswered: (cause) =>
        unanswered(`no worker answered within ${formatDuration(ANSWER_MS)}: it is missing, or slow.`, cause),
    });
  } catch (error) {
    throw error instanceof WorkflowFailedError ? unanswered(error.cause?.message ?? error.message, error) : error;
  }
}

/** Of waves, whether any of that name run. */
export function runningWaves(link: TemporalLink, name: string): Promise<RunningNow | null> {
  return runningNow(link, wavesWorkflowId(name));
}

function runningNow(link: TemporalLink, workflowId: string): Promise<RunningNow | null> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    try {
      const { runId, status, typedSearchAttributes } = await client.workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return null;
      const { version, phase } = readAttributes(typedSearchAttributes);
      return { ...refTo(link, workflowId, runId), version, phase };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  });
}

async function forecastOf(
  plan: Plan,
  { around }: DryRunAnswer,
  forecaster: Forecaster | null,
): Promise<DryRun['forecast']> {
  const traffic = around?.traffic ?? null;
  if (traffic === null || traffic.cards < MIN_CARDS) return null;
  const foreseen =
    forecaster === null
      ? forecast(plan, traffic.rates, { ...SHORT, random: seededRandom })
      : await forecaster.forecast({ plan, assumed: traffic.rates, seed: 0, ...SHORT }).catch(() => null);
  if (foreseen === null) return null;
  const { sentence, endsAfterMs, pointless } = foreseen;
  return { sentence, endsAfterMs, pointless };
}
