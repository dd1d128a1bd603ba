/** Where a freeze holds: one of four options says it. */
import type { Command } from 'commander';
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
    .option('--queue <id>', 'whatever may reach this queue', nonEmpty)
    .option('--division <name>', 'whatever may reach a queue of this division', nonEmpty)
    .option('--all', 'everything');
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
