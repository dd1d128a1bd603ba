/** The verbs about events: what came in, what could not, where it goes. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ListDeadLettersArgs, ReplayArgs } from './commands/events-dead-letters.ts';
import type { StatsArgs } from './commands/events-stats.ts';
import type { JsonOption } from './deps.ts';
import { wholeNumber } from './options.ts';
import type { Run } from './program.ts';

const anyId = wholeNumber(0, 999_999_999);
const kinds = () =>
  new Option('--kind <kind>', 'pushes that were refused, or messages that a destination did not take').choices([
    'intake',
    'forward',
  ]);

/** Below `events`, which runs the service when none of them is named. */
export function addEventVerbs(events: Command, run: Run): void {
  // Else `events` would take the --json of the verbs below it for its own.
  for (const command of [events.parent, events]) command?.enablePositionalOptions();
  events
    .command('stats')
    .description('how late events come, unknown types, dead letters, what waits to be forwarded')
    .option('--cards <number>', 'look at so many of the newest cards', wholeNumber(1, 10_000_000), 20_000)
    .option('--json', 'one JSON object')
    .action((options: StatsArgs) =>
      run(async (deps) => (await import('./commands/events-stats.ts')).eventsStats(deps, options)),
    );
  const letters = events.command('dead-letters').description('what could not be taken in, or not be forwarded');
  letters
    .command('list', { isDefault: true })
    .description('oldest first')
    .addOption(kinds())
    .option('--all', 'also those that were replayed')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1000), 100)
    .option('--json', 'one JSON object')
    .action((options: ListDeadLettersArgs) =>
      run(async (deps) => (await import('./commands/events-dead-letters.ts')).listDeadLetters(deps, options)),
    );
  letters
    .command('show')
    .description('one, with what it holds')
    .argument('<id>', 'of the dead letter', anyId)
    .option('--json', 'one JSON object')
    .action((id: number, options: JsonOption) =>
      run(async (deps) => (await import('./commands/events-dead-letters.ts')).showDeadLetter(deps, { id, ...options })),
    );
  letters
    .command('replay')
    .description('take it in, or send it, once more')
    .argument('[id]', 'of the dead letter', anyId)
    .option('--all', 'every one')
    .addOption(kinds())
    .option('--json', 'one JSON object for each')
    .action((id: number | undefined, options: ReplayArgs) =>
      run(async (deps) =>
        (await import('./commands/events-dead-letters.ts')).replayDeadLetters(deps, {
          ...options,
          ...(id === undefined ? {} : { id }),
        }),
      ),
    );
}

export function addForwarding(program: Command, run: Run): void {
  program
    .command('forward')
    .description('forward events and metrics to the coaching platform (production; configured by the environment)')
    .option('--json', 'JSON lines on stdout, nothing else')
    .action((options: JsonOption) =>
      run(async (deps) => (await import('./commands/forward.ts')).forward(deps, options)),
    );
  const exported = program.command('export').description('the event export in the organisation, which rollouts set up');
  exported
    .command('show')
    .description('as it is, and whether it is as it must be')
    .option('--json', 'one JSON object')
    .action((options: JsonOption) =>
      run(async (deps) => (await import('./commands/export.ts')).exportShow(deps, options)),
    );
  exported
    .command('remove')
    .description('no events come in any more')
    .option('--json', 'one JSON object')
    .action((options: JsonOption) =>
      run(async (deps) => (await import('./commands/export.ts')).exportRemove(deps, options)),
    );
}
