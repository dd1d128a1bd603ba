/** `pause`, `resume`, `approve`, `advance`, `promote`, `abort`: a person acts, with a name and a reason, on record. */
import type { ActResult } from '../../configurator/acts.ts';
import type { Act } from '../../domain/rollout/acts.ts';
import { AssistError } from '../../configurator/errors.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';

export interface ActArgs extends JsonOption {
  readonly name: Act;
  readonly action: string;
  readonly reason: string;
  readonly by?: string;
}

export async function act(deps: Deps, args: ActArgs): Promise<number> {
  const reason = args.reason.trim();
  const by = (args.by ?? deps.user).trim();
  if (reason === '' || by === '') {
    throw new AssistError(
      'usage',
      `--${reason === '' ? 'reason' : 'by'} is empty.`,
      'Say who acts and why: it stands in the audit log.',
    );
  }
  const result = await deps.configurator().act(args.name, args.action, { by, reason });
  if (args.json) printJson(deps.out, { kind: 'rollout', ...result });
  else printLines(deps.out, [saying(args, result), ...(result.url === null ? [] : [result.url])]);
  return EXIT.ok;
}

const FOLLOWS: Readonly<Record<Act, string>> = {
  abort: 'is being rolled back',
  pause: 'stays at this split; the guardrails stay live',
  resume: 'goes on',
  approve: 'is approved and goes on',
  advance: 'leaves this bake',
  promote: 'is being promoted',
};

function saying({ name, action }: ActArgs, { delivered, status }: ActResult): string {
  if (delivered === 'stored') {
    return (
      `${name}: stored. No worker has answered, so Temporal keeps it: it takes effect as soon as a worker runs. ` +
      `\`assist-rollouts status ${action}\` will show it.`
    );
  }
  const paused = status.paused ? ' It is still paused: `resume` lets it go on.' : '';
  return (
    `${name}: accepted. ${status.action} ${status.version} ${FOLLOWS[name]}.${name === 'pause' ? '' : paused} ` +
    `Follow it with \`assist-rollouts watch ${action}\`.`
  );
}
