/** `pause --all`, `resume --all`, `abort --all`: one act for every rollout that runs, and for waves. */
import type { MemberAct } from '../configurator/member-acts.ts';
import { memberText } from '../configurator/member-acts.ts';
import type { WavesActName } from '../domain/waves/state.ts';
import type { HumanAct } from '../workflows/messages.ts';
import { printJson, printLines } from './deps.ts';
import type { Deps, JsonOption } from './deps.ts';
import { EXIT } from './exit-codes.ts';

export async function actOnAll(deps: Deps, name: WavesActName, act: HumanAct, { json }: JsonOption): Promise<number> {
  const members = await (await deps.configurator()).actOnAll(name, act);
  if (json) printJson(deps.out, { kind: 'actOnAll', act: name, members });
  else printLines(deps.out, [summary(name, members), ...memberLines(name, members)]);
  return members.every(({ taken }) => taken) ? EXIT.ok : EXIT.refused;
}

function summary(name: WavesActName, members: readonly MemberAct[]): string {
  const taken = members.filter((member) => member.taken).length;
  return members.length === 0 ? `${name}: nothing runs.` : `${name}: accepted by ${taken} of ${members.length}.`;
}

/** `RefundAssist: pause accepted`, or why not. */
export function memberLines(name: WavesActName, members: readonly MemberAct[]): string[] {
  return members.map((member) => `  ${memberText(name, member)}`);
}
