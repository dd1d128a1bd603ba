/** `doctor`: whether a rollout can work in the organisation, and what is in its way. Writes nothing. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { AssistError } from '../../configurator/errors.ts';
import { examineOrganisation } from '../../doctor/examine.ts';
import { REAL_TARGETS } from '../../doctor/permissions.ts';
import type { RealTarget } from '../../doctor/permissions.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_OBJECT } from '../options.ts';
import { inOrganisation } from '../sources/surroundings.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { doctorLines } from '../view/doctor-view.ts';
import { createPaint } from '../view/paint.ts';

interface DoctorOptions extends JsonOption {
  readonly organisation?: boolean;
  readonly target?: readonly RealTarget[];
}

export function doctor(run: Run): Command {
  return createVerb('doctor', {
    description: 'looks whether a rollout can work in the organisation; writes nothing',
    examples: ['doctor --organisation', 'doctor --organisation --target assistPanel --json'],
  })
    .option('--organisation', 'token, permissions, limits, transcription, topics, copilots, clock')
    .addOption(new Option('--target <kinds...>', 'what it is to be good for (default: any)').choices(REAL_TARGETS))
    .option(...JSON_OBJECT)
    .action((options: DoctorOptions) => run((deps) => examine(deps, options)));
}

/** A sandbox is asked as any organisation. */
async function examine(deps: Deps, { organisation, target = [], json }: DoctorOptions): Promise<number> {
  if (organisation !== true)
    throw new AssistError('usage', 'What is to be looked at was not said.', 'Give --organisation.');
  const { genesys } = readConfig(deps.env, ['genesys']);
  const findings = await inOrganisation(genesys, deps, ({ client }) =>
    examineOrganisation({
      client,
      endpoints: genesys,
      callsPerMinute: genesys.callsPerMinute,
      now: deps.now,
      targets: target,
    }),
  );
  if (json) printJson(deps.out, { kind: 'doctor', findings });
  else printLines(deps.out, doctorLines(findings, createPaint(deps.out.color)));
  return findings.some(({ level }) => level === 'error') ? EXIT.needsAttention : EXIT.ok;
}
