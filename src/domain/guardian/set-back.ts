/** A run and its record of which one has forgotten the other: it is told to look, and finds out by itself which. */
import { secondText } from '../text/instant.ts';
import { rolloutWorkflowId } from '../rollout/workflow-id.ts';
import type { GuardianFinding } from './finding.ts';
import type { GuardianRules, Seen, SeenRun } from './seen.ts';

/** Of a run that lives. What it begins with is on record within seconds; what it ends with, before it has ended. */
export function setBackFinding(seen: Seen, rules: GuardianRules, action: string, run: SeenRun): GuardianFinding[] {
  const why =
    seen.endedAtMs === null ? null : differs(seen.endedAtMs.get(run.runId), seen.nowMs - run.startedAtMs, rules);
  if (why === null) return [];
  return [
    {
      kind: 'setBack',
      remedy: 'signal',
      action,
      rolloutId: run.runId,
      workflowId: rolloutWorkflowId(action),
      version: run.version,
      ripe: true,
      key: `setBack/${action}/${run.runId}/${why.key}`,
      sentence: `The rollout of ${action} and its record do not remember the same: ${why.text}.`,
      wayOut: 'It is told, and holds or ends by itself. See what else was restored: `assist-rollouts doctor`.',
    },
  ];
}

function differs(
  endedAtMs: number | null | undefined,
  ageMs: number,
  rules: GuardianRules,
): { readonly key: string; readonly text: string } | null {
  if (endedAtMs === undefined)
    return ageMs < rules.unjudgedMs
      ? null
      : { key: 'unknown', text: 'the database knows nothing of it, so it was restored to an older state' };
  if (endedAtMs === null) return null;
  const at = secondText(new Date(endedAtMs).toISOString());
  return { key: 'ended', text: `it ended at ${at} UTC, and runs, so Temporal was restored to an older state` };
}
