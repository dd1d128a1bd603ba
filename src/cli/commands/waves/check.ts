/** `waves check`: contacts nobody but the other organisations that members are in. */
import type { Command } from 'commander';
import { mapAtOnce } from '../../../domain/shared/at-once.ts';
import { wavesLines } from '../../../domain/waves/lines.ts';
import type { Member, WavesPlan } from '../../../domain/waves/plan.ts';
import { memberId } from '../../../domain/waves/plan.ts';
import { initialWaves } from '../../../domain/waves/state.ts';
import type { OpenElsewhere } from '../../../configurator/elsewhere.ts';
import { elsewhereOf } from '../../../compose/elsewhere.ts';
import { loadWaves } from '../../../lint/waves.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { planAndCardFiles } from '../../../compose/plan-files.ts';

export function wavesCheck(run: Run): Command {
  const help = {
    description:
      'check a file of waves and the plan of each member; asks the organisations that others are in, nobody else',
    examples: ['waves check examples/waves.yaml'],
  };
  return createVerb('check', help)
    .argument('<waves>', 'file of waves')
    .option(...JSON_OBJECT)
    .action((file: string, options: JsonOption) => run((deps) => check(deps, file, options)));
}

async function check(deps: Deps, file: string, args: JsonOption): Promise<number> {
  const waves = await loadWaves(file, planAndCardFiles(deps.env));
  const elsewhere = await askElsewhere(deps, waves);
  if (args.json) printJson(deps.out, { kind: 'waves', waves, elsewhere });
  else
    printLines(deps.out, [
      `${file}: ok`,
      ...wavesLines(initialWaves(waves)).slice(1),
      ...elsewhere.map(({ member, why }) => `${member}: ${why ?? 'its organisation answers, and nothing of it runs'}`),
    ]);
  if (elsewhere.some(({ state }) => state === 'unheard')) return EXIT.unreachable;
  return elsewhere.some(({ state }) => state === 'busy') ? EXIT.refused : EXIT.ok;
}

interface Asked {
  readonly member: string;
  /** `unasked`: nothing says where it is. */
  readonly state: 'free' | 'busy' | 'unheard' | 'unasked';
  readonly why: string | null;
}

/** Each by the key with which waves would act there, as this machine has it. */
async function askElsewhere({ env, now }: Deps, { waves }: WavesPlan): Promise<readonly Asked[]> {
  const members = waves.flatMap((wave) => wave.members).filter(({ organisation }) => organisation !== undefined);
  if (members.length === 0) return [];
  const elsewhere = await elsewhereOf(env, now);
  if (elsewhere === null)
    return members.map((member) => ({ member: memberId(member), state: 'unasked', why: UNASKED }));
  try {
    return await mapAtOnce(members, AT_ONCE, (member) => askOne(elsewhere, member));
  } finally {
    await elsewhere.close();
  }
}

const AT_ONCE = 8;
const UNASKED = 'not asked, for ORGANISATIONS_FILE is not set here';

async function askOne(elsewhere: OpenElsewhere, member: Member): Promise<Asked> {
  const { organisation = '', plan } = member;
  const asked = { member: memberId(member) };
  try {
    const isBusy = await elsewhere.isBusy(organisation, plan.action.name);
    return {
      ...asked,
      ...(isBusy ? { state: 'busy', why: 'a rollout of it is running' } : { state: 'free', why: null }),
    };
  } catch (error) {
    return { ...asked, state: 'unheard', why: error instanceof Error ? error.message : String(error) };
  }
}
