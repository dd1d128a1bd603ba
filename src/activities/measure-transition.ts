/** What a transition that is new on record counts for. */
import { OUTCOMES } from '../domain/rollout/status.ts';
import type { SafetyProof } from '../domain/rollout/status.ts';
import { count, observe } from '../telemetry/measure.ts';
import type { TransitionRecord } from './types.ts';

export function measureTransition({ act, outcome, report, safety }: TransitionRecord): void {
  if (act === 'judged' && report !== null) count('assist_rollouts_verdicts_total', 1, { verdict: report.verdict });
  if (act === 'rollingBack') count('assist_rollouts_roll_backs_total', 1);
  const ended = OUTCOMES.find((one) => one === outcome);
  // Somebody may still be refused after it.
  if (ended === undefined || act !== 'ended') return;
  count('assist_rollouts_rollouts_ended_total', 1, { outcome: ended });
  if (ended !== 'rolledBack' || safety === null) return;
  const { timeToSafetyMs, reactionMs } = safety as Partial<SafetyProof>;
  if (typeof timeToSafetyMs === 'number') observe('assist_rollouts_time_to_safety_seconds', timeToSafetyMs / 1000);
  if (typeof reactionMs === 'number') observe('assist_rollouts_reaction_seconds', reactionMs / 1000);
}
