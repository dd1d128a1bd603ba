/** `override`: let one guardrail's harm pass before it is proven, or the approvals that are still to come. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { figuresText, rowNamed } from '../../domain/rollout/overrides.ts';
import { MAX_OVERRIDE_MS } from '../../domain/rollout/override-given.ts';
import { act, actVerb } from '../act.ts';
import type { ActOptions } from '../act.ts';
import { confirmAct, YES } from '../confirm.ts';
import type { Deps } from '../deps.ts';
import { durationUpTo, nonEmpty } from '../options.ts';
import type { Run } from '../verb.ts';

export function override(run: Run): Command {
  const help = {
    description: "let one guardrail's harm pass as it is shown now, before it is proven; or the approvals to come",
    examples: [
      'override RefundAssist --guardrail acceptanceRate --for 2h --reason "agents decline it on purpose today"',
      'override RefundAssist --approvals --for 30m --reason "both leads are ill" --yes',
    ],
  };
  return actVerb('override', help)
    .option('--guardrail <name>', 'whose harm: acceptanceRate, "deliveryLatency p95"', nonEmpty)
    .option('--approvals', 'instead: the approvals that are still to come (admins)')
    .requiredOption('--for <duration>', 'how long it holds, at most 7d', durationUpTo(MAX_OVERRIDE_MS))
    .option(...YES)
    .action((action: string, options: OverrideOptions) => run((deps) => overrideAction(deps, action, options)));
}

interface OverrideOptions extends ActOptions {
  readonly guardrail?: string;
  readonly approvals?: true;
  readonly for: number;
  readonly yes?: true;
}

async function overrideAction(
  deps: Deps,
  action: string,
  { for: forMs, guardrail, approvals, ...options }: OverrideOptions,
): Promise<number> {
  if ((guardrail === undefined) === (approvals === undefined))
    throw new AssistError(
      'usage',
      guardrail === undefined
        ? 'Neither --guardrail nor --approvals is given.'
        : 'Both --guardrail and --approvals are given.',
      'Nothing was done; say which of the two is let pass.',
    );
  const until = new Date(deps.now() + forMs).toISOString();
  const { status, progress } = await (await deps.configurator()).status(action);
  const row = guardrail === undefined ? undefined : rowNamed(progress?.report ?? status.report, guardrail);
  const what =
    guardrail === undefined
      ? 'This lets all approvals pass that are still to come'
      : `This lets harm pass, as it is shown now and as much worse as the plan tolerates: ${row === undefined ? guardrail : figuresText(row)}`;
  await confirmAct(deps, {
    action,
    act: 'override',
    yes: options.yes === true,
    says: [
      `${status.action} ${status.version}, seen in ${status.splitPercent} % of the conversations. ${what}.`,
      `It holds until ${until}, and stands on record as an override by you.`,
    ],
  });
  return act(deps, {
    name: 'override',
    action,
    follows: 'goes on under an override',
    ...options,
    more: { until, ...(guardrail === undefined ? { approvals: true } : { guardrail }) },
  });
}
