/** What each shell is told, once: it asks the program for the words that may stand where the cursor is. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Where the program has no word, files are offered. Bash 3.2, which macOS has, takes it too. */
const BASH = `_assist_rollouts() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "$line")")
  done < <("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -o bashdefault -F _assist_rollouts assist-rollouts
`;

const ZSH = `#compdef assist-rollouts
_assist_rollouts() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then
    _describe 'assist-rollouts' found
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" == _assist_rollouts ]]; then
  _assist_rollouts "$@"
else
  compdef _assist_rollouts assist-rollouts
fi
`;

const FISH = `function __assist_rollouts
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] completion fish -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c assist-rollouts -f -a '(__assist_rollouts)'
`;

export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}

export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** One line for each, as the shell's script reads them. */
export function candidateLines(shell: Shell, candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ word, about }) => {
    const short = about.replaceAll(/\s+/g, ' ').slice(0, MAX_ABOUT);
    if (shell === 'bash' || short === '') return shell === 'zsh' ? escaped(word) : word;
    return shell === 'zsh' ? `${escaped(word)}:${short}` : `${word}\t${short}`;
  });
}

const MAX_ABOUT = 70;

/** A colon ends the word there. */
function escaped(word: string): string {
  return word.replaceAll(':', String.raw`\:`);
}
