/** `builds ramp|promote|back|move`: where new rollouts begin, and where one goes on. */
import type { Command } from 'commander';
import { ANSWER_MS, changeBuilds } from '../../../configurator/builds.ts';
import type { BuildsDeed } from '../../../domain/builds/act.ts';
import { formatDuration } from '../../../domain/shared/duration.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { BY, decimal, JSON_OBJECT, nonEmpty, reasonText } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { sayWhenLong } from '../../wait-words.ts';
import { printBuilds, withBuilds } from './shared.ts';

const BUILD = ['<build>', 'as `builds list` names it; `unversioned`: workers that say none', nonEmpty] as const;

interface ActArgs extends JsonOption {
  readonly reason: string;
  readonly by?: string;
}

export function buildsRamp(run: Run): Command {
  const help = {
    description: 'let a share of new rollouts begin on it; what is open stays where it is',
    examples: ['builds ramp 0.2.0-5c1e77aa --percent 10 --reason "release 0.2.0"'],
  };
  return verb('ramp', help)
    .argument(...BUILD)
    .requiredOption('--percent <number>', 'of new rollouts', decimal(0, 100))
    .action((build: string, { percent, ...args }: ActArgs & { readonly percent: number }) =>
      run((deps) => act(deps, args, { do: 'ramp', build, percent })),
    );
}

export function buildsPromote(run: Run): Command {
  const help = {
    description: 'let all new rollouts begin on it; what is open stays where it is',
    examples: [
      'builds promote 0.2.0-5c1e77aa --reason "release 0.2.0"',
      'builds promote unversioned --reason "back to before there were builds"',
    ],
  };
  return verb('promote', help)
    .argument(...BUILD)
    .action((build: string, args: ActArgs) => run((deps) => act(deps, args, { do: 'promote', build })));
}

export function buildsBack(run: Run): Command {
  const help = {
    description: 'end the ramp; where there is none, let new rollouts begin on what was current before',
    examples: ['builds back --reason "0.2.0 holds rollouts up"'],
  };
  return verb('back', help).action((args: ActArgs) => run((deps) => act(deps, args, { do: 'back' })));
}

export function buildsMove(run: Run): Command {
  const help = {
    description: 'let an open rollout, or waves, go on by another build, whose workers replay what was done',
    examples: [
      'builds move RefundAssist --to 0.2.0-5c1e77aa --reason "its build is gone"',
      'builds move spring --waves --to 0.2.0-5c1e77aa --reason "its build is gone"',
    ],
  };
  return verb('move', help)
    .argument(
      '<name>',
      'of the action, case-sensitive; with --waves of the waves, whose open members are moved each by itself',
      nonEmpty,
    )
    .requiredOption('--to <build>', BUILD[1], nonEmpty)
    .option('--waves', 'it is the name of waves')
    .action((name: string, { to, waves, ...args }: ActArgs & { readonly to: string; readonly waves?: true }) =>
      run((deps) =>
        act(deps, args, { do: 'move', build: to, ...(waves === true ? { waves: name } : { action: name }) }),
      ),
    );
}

function verb(name: string, help: Parameters<typeof createVerb>[1]): Command {
  return createVerb(name, help)
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT);
}

async function act(deps: Deps, { by, reason, json }: ActArgs, deed: BuildsDeed): Promise<number> {
  const who = { by: (by ?? deps.user).trim(), reason: reason.trim() };
  const waits = `waiting for a worker to answer, and for Temporal to tell its queues: ${formatDuration(ANSWER_MS)} at most`;
  const changed = await withBuilds(deps, (link, deployment) =>
    sayWhenLong(deps.out, waits, () => changeBuilds(link, { ...deed, deployment, ...who })),
  );
  printBuilds(deps, changed, json);
  return EXIT.ok;
}
