/** `promote`: skip the remaining steps and promote (not past harm, nor over an approval). */
import type { Command } from 'commander';
import type { RolloutView } from '../../configurator/rollouts.ts';
import { notSafeText } from '../../domain/rollout/overrides.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { act, actVerb } from '../act.ts';
import type { ActOptions } from '../act.ts';
import { confirmAct, YES } from '../confirm.ts';
import type { Deps } from '../deps.ts';
import { durationUpTo } from '../options.ts';
import type { Run } from '../verb.ts';

/** As long as a signature may be good for. */
const MAX_FOR_MS = 15 * 60_000;
const FOR_MS = 10 * 60_000;

export function promote(run: Run): Command {
  const help = {
    description: 'skip the remaining steps and promote (not past harm, nor over an approval)',
    examples: [
      'promote RefundAssist --reason "the old text is wrong since today"',
      'promote RefundAssist --reason "the old text is wrong since today" --for 5m --yes',
    ],
  };
  return actVerb('promote', help)
    .option(
      '--for <duration>',
      'of what is not proven: lapses unless it takes effect by then (10m)',
      durationUpTo(MAX_FOR_MS),
    )
    .option(...YES)
    .action((action: string, options: PromoteOptions) => run((deps) => promoteAction(deps, action, options)));
}

interface PromoteOptions extends ActOptions {
  readonly for?: number;
  readonly yes?: true;
}

/** What is not proven is confirmed, with its figures; the rollout itself asks for an approver. */
async function promoteAction(
  deps: Deps,
  action: string,
  { for: forMs = FOR_MS, ...options }: PromoteOptions,
): Promise<number> {
  const view = await (await deps.configurator()).status(action);
  const pause = options.pause ?? view.status.pauses ?? 0;
  const args = { name: 'promote', action, follows: 'is being promoted', ...options, pause, runId: view.runId } as const;
  const unproven = notSafeText(shownReport(view));
  if (!view.status.canDo.includes('promote') || unproven === null) return act(deps, args);
  await confirmAct(deps, {
    action,
    act: 'promote',
    yes: options.yes === true,
    says: [
      `This shows 100 % of agents a version that is not proven: ${view.status.action} ${view.status.version}, ${unproven}.`,
      `It stands on record as an override by you, and lapses unless it takes effect within ${formatDuration(forMs)}.`,
    ],
  });
  return act(deps, { ...args, more: { expiresAt: new Date(deps.now() + forMs).toISOString() } });
}

function shownReport({ progress, status }: RolloutView): RolloutView['status']['report'] {
  return progress?.report ?? status.report;
}
