/** Text of others in the Markdown of code hosts: shown, and nothing else. No name in it is called, no command obeyed. */
import { excerpt, oneLine } from '../../domain/text/printable.ts';

const MAX_NAME = 200;

/** Of one line, for lists and headings. */
export function inlineCode(text: string): string {
  const shown = excerpt(oneLine(text), MAX_NAME);
  if (shown.trim() === '') return '`(nothing)`';
  if (!shown.includes('`')) return `\`${shown}\``;
  const fence = '`'.repeat(longestRun(shown) + 1);
  // A space each side is not shown, and keeps backticks of the text apart from ours.
  return `${fence} ${shown} ${fence}`;
}

const MAX_LINE = 500;

/** A block, each line of which is one; what is more than fits is told by its number of lines. */
export function fenced(
  lines: readonly string[],
  most: { readonly lines: number; readonly characters: number },
): string {
  const shown: string[] = [];
  let room = most.characters;
  for (const line of lines.slice(0, most.lines)) {
    const kept = withoutCommand(excerpt(oneLine(line), MAX_LINE));
    room -= kept.length + 1;
    if (room < 0) break;
    shown.push(kept);
  }
  const left = lines.length - shown.length;
  const all = left === 0 ? shown : [...shown, `… (${left} more lines)`];
  const fence = '`'.repeat(Math.max(3, longestRun(all.join('\n')) + 1));
  return [`${fence}text`, ...all, fence].join('\n');
}

/** GitLab obeys a line that begins with a slash where it does not take it for code. */
function withoutCommand(line: string): string {
  return line.startsWith('/') ? ` ${line}` : line;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

/** Folded; the title is ours. */
export function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
