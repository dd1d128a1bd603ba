/** `completion`: what a shell reads once, and what it then asks at each Tab. */
import { Argument } from 'commander';
import type { Command } from 'commander';
import { candidates } from '../complete.ts';
import { candidateLines, completionScript, SHELLS } from '../completion-scripts.ts';
import type { Shell } from '../completion-scripts.ts';
import type { Deps } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function completion(run: Run): Command {
  const help = {
    description: 'complete verbs, options and names of actions by Tab: what bash, zsh or fish is to read for that',
    examples: ['completion bash > ~/.local/share/bash-completion/completions/assist-rollouts', 'completion fish'],
  };
  return createVerb('completion', help)
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .argument('[words...]', 'asked by the shell, behind --: what stands before the cursor')
    .action((shell: Shell, words: readonly string[]) => run((deps) => complete(deps, shell, words)));
}

async function complete(deps: Deps, shell: Shell, words: readonly string[]): Promise<number> {
  if (words.length === 0) deps.out.stdout(completionScript(shell));
  else for (const line of candidateLines(shell, await candidates(deps, words))) deps.out.stdout(`${line}\n`);
  return EXIT.ok;
}
