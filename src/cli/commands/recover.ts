/** `recover`: the baseline of an action that nobody watches over comes back, without its plan. */
import type { Command } from 'commander';
import type { RecoverResult } from '../../configurator/recover.ts';
import { recoverySentence } from '../../domain/guardian/recovery.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { ACTION, BY, JSON_OBJECT, reasonText } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function recover(run: Run): Command {
  const help = {
    description:
      'bring the baseline back of an action that nobody watches over, without its plan (its rollout was ' +
      'terminated, failed or is frozen)',
    examples: [`recover RefundAssist --reason "its rollout was terminated"`],
  };
  return createVerb('recover', help)
    .argument(...ACTION)
    .option('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT)
    .action((action: string, options: Omit<RecoverArgs, 'action'>) =>
      run((deps) => recoverAction(deps, { action, ...options })),
    );
}

interface RecoverArgs extends JsonOption {
  readonly action: string;
  readonly by?: string;
  readonly reason?: string;
}

async function recoverAction(deps: Deps, args: RecoverArgs): Promise<number> {
  const configurator = await deps.configurator();
  const act = { by: (args.by ?? deps.user).trim(), reason: (args.reason ?? 'recovered by hand').trim() };
  const result = await configurator.recover(args.action, act);
  if (args.json) printJson(deps.out, { kind: 'recovery', action: args.action, ...result });
  else
    printLines(deps.out, [
      ...(result.freed === undefined ? [] : [result.freed]),
      resultText(args.action, result),
      ...urlOf(result),
    ]);
  return result.recovery.kind === 'restored' || result.recovery.kind === 'nothing' ? EXIT.ok : EXIT.needsAttention;
}

function urlOf({ url }: RecoverResult): string[] {
  return url === null ? [] : [url];
}

function resultText(action: string, { recovery }: RecoverResult): string {
  switch (recovery.kind) {
    case 'underWay':
      return (
        `under way: the baseline of ${action} is being brought back and is not proven yet (${recovery.why}). It ` +
        `goes on by itself; \`assist-rollouts recover "${action}"\` follows it.`
      );
    case 'needsPerson':
      return (
        `needs a person: ${recoverySentence(action, recovery)} See the versions of ${action} in the organisation, ` +
        'enable the one that shall serve, and run this again.'
      );
    default:
      return `${recovery.kind === 'restored' ? 'restored' : 'nothing to do'}: ${recoverySentence(action, recovery)}`;
  }
}
