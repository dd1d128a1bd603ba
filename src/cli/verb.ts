/** What the file of every verb begins with. */
import { Command } from 'commander';
import type { Deps } from './deps.ts';

/** Runs the work of a verb and keeps its exit code. */
export type Run = (work: (deps: Deps) => Promise<number>) => Promise<void>;

export interface VerbHelp {
  readonly description: string;
  /** What is typed after the program's name. The tests parse every one. */
  readonly examples: readonly string[];
}

/** A verb that says what it does and shows how it is used; its file adds arguments, options and the work. */
export function createVerb(name: string, { description, examples }: VerbHelp): Command {
  const shown = examples.map((example) => `  $ assist-rollouts ${example}`);
  return new Command(name)
    .description(description)
    .addHelpText('after', ['', examples.length === 1 ? 'Example:' : 'Examples:', ...shown].join('\n'));
}
