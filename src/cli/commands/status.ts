/** `status`: where the rollout of an action stands. */
import type { Command } from 'commander';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { ACTION, JSON_OBJECT } from '../options.ts';
import { exitCodeOfLook } from '../exit-codes.ts';
import { createPaint } from '../view/paint.ts';
import { rolloutLines } from '../view/rollout-view.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function status(run: Run): Command {
  const help = {
    description: 'where the rollout of an action stands',
    examples: ['status RefundAssist', 'status RefundAssist --json'],
  };
  return createVerb('status', help)
    .argument(...ACTION)
    .option(...JSON_OBJECT)
    .action((action: string, options: JsonOption) => run((deps) => showStatus(deps, { action, ...options })));
}

interface StatusArgs extends JsonOption {
  readonly action: string;
}

async function showStatus(deps: Deps, args: StatusArgs): Promise<number> {
  const view = await (await deps.configurator()).status(args.action);
  if (args.json) printJson(deps.out, { kind: 'rollout', ...view });
  else
    printLines(
      deps.out,
      rolloutLines(view, {
        paint: createPaint(deps.out.color),
        now: deps.now(),
        zone: deps.zone,
        columns: deps.out.columns?.() ?? Infinity,
      }),
    );
  return exitCodeOfLook(view);
}
