/** `waves pause | resume | abort`: one act for the waves and each of their rollouts that runs. */
import type { Command } from 'commander';
import type { WavesActName } from '../../../domain/waves/state.ts';
import { memberLines } from '../../act-on-all.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { BY, JSON_OBJECT, reasonText, wavesName } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

const DESCRIPTIONS: Readonly<Record<WavesActName, string>> = {
  pause: 'start nothing more, and stop each running rollout at its split; guardrails stay live',
  resume: 'go on',
  abort: 'start nothing more, and roll back what runs; what is promoted stays, unless the file says undo',
};

export function wavesAct(name: WavesActName, run: Run): Command {
  const help = {
    description: DESCRIPTIONS[name],
    examples: [`waves ${name} refund-1.5.0 --reason "call from the floor"`],
  };
  return createVerb(name, help)
    .argument('<name>', 'name of the waves', wavesName)
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT)
    .action((waves: string, options: Omit<ActArgs, 'waves' | 'name'>) =>
      run((deps) => act(deps, { name, waves, ...options })),
    );
}

interface ActArgs extends JsonOption {
  readonly name: WavesActName;
  readonly waves: string;
  readonly reason: string;
  readonly by?: string;
}

async function act(deps: Deps, { name, waves, by, reason, json }: ActArgs): Promise<number> {
  const configurator = await deps.configurator();
  const given = { by: (by ?? deps.user).trim(), reason: reason.trim() };
  const { members, ...result } = await configurator.actOnWaves(name, waves, given);
  if (json) printJson(deps.out, { kind: 'wavesAct', act: name, ...result, members });
  else
    printLines(deps.out, [
      `${name}: accepted by the waves ${waves}. Follow them with \`assist-rollouts waves status "${waves}" --watch\`.`,
      ...memberLines(name, members),
    ]);
  return members.every(({ taken }) => taken) ? EXIT.ok : EXIT.refused;
}
