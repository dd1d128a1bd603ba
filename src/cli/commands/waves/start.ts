/** `waves start`. */
import type { Command } from 'commander';
import { loadWaves } from '../../../lint/waves.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { showDryRunOfWaves } from '../../dry-run.ts';
import { EXIT } from '../../exit-codes.ts';
import { BY, DRY_RUN, JSON_LINES, reasonText } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { watchWaves } from './status.ts';
import { planAndCardFiles } from '../../../compose/plan-files.ts';

export function wavesStart(run: Run): Command {
  const help = {
    description: 'start the waves of a file',
    examples: ['waves start examples/waves.yaml --watch --reason "new wording"'],
  };
  return createVerb('start', help)
    .argument('<waves>', 'file of waves')
    .option('--watch', 'follow them to their end')
    .option(...DRY_RUN)
    .option(...BY)
    .option('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...JSON_LINES)
    .action((file: string, options: Omit<StartArgs, 'file'>) => run((deps) => start(deps, { file, ...options })));
}

interface StartArgs extends JsonOption {
  readonly file: string;
  readonly watch?: boolean;
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly reason?: string;
}

async function start(deps: Deps, { file, by, reason, ...args }: StartArgs): Promise<number> {
  const waves = await loadWaves(file, planAndCardFiles(deps.env));
  const configurator = await deps.configurator();
  const act = { by: by ?? deps.user, ...(reason !== undefined && { reason }) };
  if (args.dryRun === true) return showDryRunOfWaves(deps, waves, act, args);
  const ref = await configurator.startWaves(waves, act);
  if (args.json) printJson(deps.out, { kind: 'wavesStarted', name: waves.name, ...ref });
  else
    printLines(deps.out, [
      `Started ${ref.workflowId}, run ${ref.runId}`,
      ...(ref.url === null ? [] : [ref.url]),
      ...(args.watch ? [] : [`Follow them with assist-rollouts waves status "${waves.name}" --watch`]),
    ]);
  return args.watch ? watchWaves(deps, { name: waves.name, begun: ref.runId, ...args }) : EXIT.ok;
}
