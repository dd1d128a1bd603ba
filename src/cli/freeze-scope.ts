/** Where a freeze holds: one of four options says it. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { show } from '../domain/plan/problem.ts';
import { AssistError } from '../configurator/errors.ts';
import type { FreezeScope } from '../domain/calendar/freeze.ts';
import { actionName, nonEmpty } from './options.ts';

export interface ScopeOptions {
  readonly all?: boolean;
  readonly division?: string;
  readonly queue?: string;
  readonly action?: string;
}

export function addScope(verb: Command): Command {
  return verb
    .option('--action <name>', 'one action', actionName)
    .option('--queue <id>', 'whatever may reach this queue', queueId)
    .option('--division <name>', 'whatever may reach a queue of this division', nonEmpty)
    .option('--all', 'everything');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A name would be taken, and hold nothing up: plans name queues by their ids. */
function queueId(text: string): string {
  if (UUID.test(text.trim())) return text.trim();
  throw new InvalidArgumentError(
    `${show(text)} is no id of a queue; expected one as plans have it: 6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01.`,
  );
}

export function scopeOf({ all, division, queue, action }: ScopeOptions, verb: string): FreezeScope {
  const scopes: FreezeScope[] = [
    ...(all === true ? [{ kind: 'all' as const }] : []),
    ...(division === undefined ? [] : [{ kind: 'division' as const, name: division }]),
    ...(queue === undefined ? [] : [{ kind: 'queue' as const, name: queue.toLowerCase() }]),
    ...(action === undefined ? [] : [{ kind: 'action' as const, name: action }]),
  ];
  const [only] = scopes;
  if (only !== undefined && scopes.length === 1) return only;
  throw new AssistError(
    'usage',
    `${verb} was told ${scopes.length === 0 ? 'nowhere' : `${scopes.length} places`} to hold.`,
    'Name one of --action, --queue, --division and --all.',
  );
}
