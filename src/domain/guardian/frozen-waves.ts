/** Waves whose workflow task fails: none of them begins any more, while their rollouts go on each by itself. */
import type { GuardianFinding } from './finding.ts';
import { ripenessOf } from './ripeness.ts';
import type { GuardianRules, Seen } from './seen.ts';

/** What does not replay goes on from the last task that was done, where that began no rollout. */
export function frozenWaves(
  { waves, nowMs }: Pick<Seen, 'waves' | 'nowMs'>,
  { frozenMs }: Pick<GuardianRules, 'frozenMs'>,
): GuardianFinding[] {
  return [...waves].flatMap(([name, run]) => {
    if (run?.state !== 'running' || run.frozen === null) return [];
    const { runId, frozen } = run;
    const { sinceMs, failure, resetTo } = frozen;
    return [
      {
        kind: 'frozen',
        action: null,
        rolloutId: null,
        waves: { name, runId },
        version: null,
        ...ripenessOf(sinceMs, nowMs, { frozenMs }),
        key: `frozen/waves/${name}/${runId}/${resetTo ?? 'alarm'}`,
        sentence: `The waves ${name} do nothing: their workflow task fails: ${failure}. Their rollouts go on, each by itself.`,
        ...(resetTo === undefined
          ? { remedy: 'alarm', wayOut: 'Put right what their workers run; until then no further wave begins.' }
          : {
              remedy: 'reset',
              to: resetTo,
              wayOut:
                'They are taken back to the last task that was done, which had begun no rollout, and go on from there.',
            }),
      },
    ];
  });
}
