/**
 * What a start would do, asked by whoever has neither database nor organisation: a short run that ends with the answer,
 * goes by what a start goes by, and changes nothing.
 */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { DryRunAnswer } from '../domain/rollout/dry-run.ts';
import type { RolloutInput } from '../domain/rollout/input.ts';
import { parseRolloutInput } from '../domain/rollout/input.ts';
import { createFirstUse } from '../domain/shared/first-use.ts';
import { lookAround, validate } from './activity-proxies.ts';
import { askFor, placeOf } from './authorise.ts';
import { rolloutWorkflowId } from './messages.ts';
import { followCurrent } from './follow-current.ts';

/** `given`: the input of a start. */
export async function dryRun(given: unknown): Promise<DryRunAnswer> {
  const parsed = parseRolloutInput(given);
  if (!parsed.ok) return { refusal: null, verifiedBy: null, problems: parsed.problems, around: null };
  try {
    return await answerTo(parsed.input, given as object);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    throw ApplicationFailure.nonRetryable(error.cause?.message ?? error.message, 'DryRunUnanswered');
  }
}
followCurrent(dryRun);

async function answerTo(input: RolloutInput, given: object): Promise<DryRunAnswer> {
  const { plan, startedBy: by, reason = '', force = false } = input;
  const question = { act: 'start', given: { ...given, by, reason }, signed: given, isDryRun: true as const };
  const started = await askFor([placeOf(plan)], { firstUse: createFirstUse() }, question);
  if (!started.ok) return { refusal: started.refusal, verifiedBy: null, problems: [], around: null };
  const { problems } = await validate.executeWithOptions({ summary: 'preflight', scheduleToCloseTimeout: '20s' }, [
    {
      plan,
      force,
      workflowId: rolloutWorkflowId(plan.action.name),
      startedBy: started.actor.by,
      reason,
      isDryRun: true,
    },
  ]);
  const isRefused = problems.some(({ severity }) => severity === 'error');
  return {
    refusal: null,
    verifiedBy: started.proof.verifiedBy,
    problems,
    around: isRefused ? null : await lookAround.executeWithOptions({ summary: 'what it would find' }, [plan]),
  };
}
