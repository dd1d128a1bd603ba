/** Command lines that pages and help texts show. */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

/** As a shell takes it apart. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** How many verbs would run. Rejects with what the program says where it does not take them. */
export async function runsOf(words: readonly string[]): Promise<number> {
  let runs = 0;
  const count = () => Promise.resolve(void (runs += 1));
  const program = await createProgram('9.9.9', count, words[0]);
  refuseLoudly(program);
  await program.parseAsync([...words], { from: 'user' });
  return runs;
}

function refuseLoudly(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  command.commands.forEach(refuseLoudly);
}
