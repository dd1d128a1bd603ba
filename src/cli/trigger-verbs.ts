/** Verbs of the trigger: `triggers replay`, `triggers explain`. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { ExplainArgs, ReplayArgs } from './commands/triggers.ts';
import { nonEmpty, wholeNumber } from './options.ts';
import type { Run } from './program.ts';

export function addTriggers(program: Command, run: Run): void {
  const triggers = program
    .command('triggers')
    .description("when a plan's card would surface, and why not; changes nothing");
  triggers
    .command('replay')
    .description("run a plan's trigger over past transcripts of the organisation")
    .argument('<plan>', 'plan file')
    .option('--queue <id...>', 'queues (default: those of the trigger; all if it names none)')
    .requiredOption('--from <when>', 'an instant, or how long ago: 2026-03-01T09:00:00Z, 7d', nonEmpty)
    .option('--to <when>', 'the same; now if left out', nonEmpty)
    .option('--against <plan>', "compare with this plan (default: the organisation's serving version)", nonEmpty)
    .option('--examples <number>', 'redacted examples of each kind, at most', wholeNumber(0, 1_000), 5)
    .option('--json', 'one JSON object')
    .action((plan: string, options: Omit<ReplayArgs, 'plan'>) =>
      run(async (deps) => (await import('./commands/triggers.ts')).triggersReplay(deps, { plan, ...options })),
    );
  triggers
    .command('explain')
    .description('does one utterance surface the card? contacts nobody')
    .argument('<plan>', 'plan file')
    .requiredOption('--text <words>', 'what is said')
    .option('--confidence <share>', 'of the transcription, 0 to 1', numberWithin(0, 1), 1)
    .option('--queue <id>', 'where it is said', nonEmpty)
    .option('--skill <id...>', 'skills of the conversation')
    .option('--conversation <id>', 'also whether the candidate serves this conversation', nonEmpty)
    .option('--split <percent>', 'of the candidate, with --conversation', numberWithin(0, 100), 100)
    .option('--json', 'one JSON object')
    .action((plan: string, options: Omit<ExplainArgs, 'plan'>) =>
      run(async (deps) => (await import('./commands/triggers.ts')).triggersExplain(deps, { plan, ...options })),
    );
}

function numberWithin(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,3}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
  };
}
