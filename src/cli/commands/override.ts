/** `override`: let one guardrail's harm pass before it is proven, the approvals still to come, or a closed window. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { shareText } from '../../domain/split/audience.ts';
import { figuresText, rowNamed } from '../../domain/rollout/overrides.ts';
import { MAX_OVERRIDE_MS } from '../../domain/rollout/override-given.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import { act, actVerb } from '../act.ts';
import type { ActOptions } from '../act.ts';
import { confirmAct, YES } from '../confirm.ts';
import type { Deps } from '../deps.ts';
import { durationUpTo, nonEmpty } from '../options.ts';
import type { Run } from '../verb.ts';

export function override(run: Run): Command {
  const help = {
    description:
      "let one guardrail's harm pass as it is shown now, before it is proven; or the approvals to come, or a closed window",
    examples: [
      'override RefundAssist --guardrail acceptanceRate --for 2h --reason "agents decline it on purpose today"',
      'override RefundAssist --approvals --for 30m --reason "both leads are ill" --yes',
      'override RefundAssist --window --for 1h --reason "the law changes tonight, and the old card is wrong"',
    ],
  };
  return actVerb('override', help)
    .option('--guardrail <name>', 'whose harm: acceptanceRate, "deliveryLatency p95"', nonEmpty)
    .option('--approvals', 'instead: the approvals that are still to come (admins)')
    .option('--window', 'instead: what closes the change window that is waited for (admins)')
    .requiredOption('--for <duration>', 'how long it holds, at most 7d', durationUpTo(MAX_OVERRIDE_MS))
    .option(...YES)
    .action((action: string, options: OverrideOptions) => run((deps) => overrideAction(deps, action, options)));
}

interface OverrideOptions extends ActOptions {
  readonly guardrail?: string;
  readonly approvals?: true;
  readonly window?: true;
  readonly for: number;
  readonly yes?: true;
}

async function overrideAction(
  deps: Deps,
  action: string,
  { for: forMs, guardrail, approvals, window, ...options }: OverrideOptions,
): Promise<number> {
  const of = oneOf({ guardrail, approvals, window });
  const until = new Date(deps.now() + forMs).toISOString();
  const view = await (await deps.configurator()).status(action);
  const { status } = view;
  await confirmAct(deps, {
    action,
    act: 'override',
    yes: options.yes === true,
    says: [
      `${status.action} ${status.version}, seen in ${shareText(status.splitPercent, status.splitOf)}. ${whatText(view, of)}.`,
      `It holds until ${until}, and stands on record as an override by you.`,
    ],
  });
  return act(deps, {
    name: 'override',
    action,
    follows: 'goes on under an override',
    ...options,
    runId: view.runId,
    more: { until, ...of },
  });
}

type Of = Pick<OverrideOptions, 'guardrail' | 'approvals' | 'window'>;

function oneOf(given: { readonly [K in keyof Of]: Of[K] | undefined }): Of {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  if (named.length === 1) return Object.fromEntries(named);
  const names = named.map(([name]) => `--${name}`);
  throw new AssistError(
    'usage',
    named.length === 0
      ? 'None of --guardrail, --approvals and --window is given.'
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are given, and an override is of one thing.`,
    'Nothing was done; say which of them is let pass.',
  );
}

function whatText({ status, progress }: RolloutView, { guardrail, window }: Of): string {
  if (window === true)
    return `This lets its splits rise though the change window is closed. It waits for ${status.waitingFor}`;
  if (guardrail === undefined) return 'This lets all approvals pass that are still to come';
  const row = rowNamed(progress?.report ?? status.report, guardrail);
  return (
    'This lets harm pass, as it is shown now and as much worse as the plan tolerates: ' +
    (row === undefined ? guardrail : figuresText(row))
  );
}
