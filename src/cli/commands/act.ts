/** `pause`, `resume`, `approve`, `advance`, `promote`, `abort`: a person acts, with a name and a reason, on record. */
import type { ActName } from '../../configurator/rollouts.ts';
import { AssistError } from '../../configurator/errors.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';

export interface ActArgs extends JsonOption {
  readonly name: ActName;
  readonly action: string;
  readonly reason: string;
  readonly by?: string;
}

export async function act(deps: Deps, args: ActArgs): Promise<number> {
  const reason = args.reason.trim();
  const by = (args.by ?? deps.user).trim();
  if (reason === '' || by === '') {
    throw new AssistError('usage', `--${reason === '' ? 'reason' : 'by'} is empty.`, 'Say who acts and why: it stands in the audit log.');
  }
  const view = await deps.configurator().act(args.name, args.action, { by, reason });
  if (args.json) printJson(deps.out, { kind: 'rollout', ...view });
  else printLines(deps.out, [`${args.name}: accepted. ${view.status.action} ${view.status.version} is ${view.status.phase}${view.status.paused ? ' (paused)' : ''}.`, ...(view.url === null ? [] : [view.url])]);
  return EXIT.ok;
}
