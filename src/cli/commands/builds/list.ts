/** `builds list`: each build, its share of new rollouts, what is open on it, and who runs it. */
import type { Command } from 'commander';
import { isLost } from '../../../builds/see.ts';
import { listBuilds } from '../../../configurator/builds.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { printBuilds, withBuilds } from './shared.ts';

export function buildsList(run: Run): Command {
  const help = {
    description: 'each build, its share of new rollouts, what is open on it, and who runs it',
    examples: ['builds list'],
  };
  return createVerb('list', help)
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => list(deps, options)));
}

async function list(deps: Deps, { json }: JsonOption): Promise<number> {
  const builds = await withBuilds(deps, (link, deployment) => listBuilds(link, deployment));
  printBuilds(deps, builds, json);
  return builds.builds.some(isLost) ? EXIT.needsAttention : EXIT.ok;
}
