/** `doctor`: whether everything that the product needs is there, and how to mend what is not. Changes nothing. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { examine } from '../../compose/doctor/examine.ts';
import { AREAS } from '../../doctor/finding.ts';
import type { Area } from '../../doctor/finding.ts';
import { REAL_TARGETS } from '../../doctor/organisation/permissions.ts';
import type { RealTarget } from '../../doctor/organisation/permissions.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_OBJECT } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { doctorLines } from '../view/doctor-view.ts';
import { createPaint } from '../view/paint.ts';

interface DoctorOptions extends JsonOption {
  readonly organisation?: boolean;
  readonly only?: readonly Area[];
  readonly target?: readonly RealTarget[];
}

export function doctor(run: Run): Command {
  return createVerb('doctor', {
    description: 'looks whether everything is there that a rollout needs, and says how to mend what is not',
    examples: ['doctor', 'doctor --only temporal workers', 'doctor --organisation --target assistPanel --json'],
  })
    .addOption(new Option('--only <areas...>', 'where to look (default: everywhere)').choices(Object.keys(AREAS)))
    .option('--organisation', 'as --only organisation: token, permissions, limits, transcription, topics, copilots')
    .addOption(new Option('--target <kinds...>', 'what it is to be good for (default: any)').choices(REAL_TARGETS))
    .option(...JSON_OBJECT)
    .action((options: DoctorOptions) => run((deps) => look(deps, options)));
}

/** A sandbox is asked as any organisation. */
async function look(deps: Deps, { organisation = false, only, target = [], json }: DoctorOptions): Promise<number> {
  const { configuration, now, out } = deps;
  const areas: readonly Area[] | undefined = organisation ? ['organisation', ...(only ?? [])] : only;
  const findings = await examine({ configuration, now, targets: target, ...(areas === undefined ? {} : { areas }) });
  if (json) printJson(out, { kind: 'doctor', findings });
  else printLines(out, doctorLines(findings, createPaint(out.color)));
  return findings.some(({ level }) => level === 'error') ? EXIT.needsAttention : EXIT.ok;
}
