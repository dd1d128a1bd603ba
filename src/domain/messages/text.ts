/** A message as plain text: for mail, and for who looks at it in a terminal. */
import { oneLine } from '../text/printable.ts';
import type { Message } from './message.ts';

/** A page of ours, by what it is. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What is shown of a message beside itself. */
export interface Around {
  /** The one to take first comes first. */
  readonly links: readonly Link[];
  /** An earlier attempt was not confirmed. */
  readonly again: boolean;
}

export const AGAIN = 'Sent again: an earlier attempt was not confirmed, so this may be the second you see of it.';

export interface Part {
  readonly label: string;
  readonly lines: readonly string[];
}

/** What stands under it is shown as it is drawn: no line of it is broken, and each letter is as wide as another. */
export const DRAWN = 'State';

/** In the order in which they are read; each line is one. */
export function partsOf({
  what,
  tree = [],
  about = [],
  why,
  figures,
  next,
  until,
  commands,
  claim,
}: Message): readonly Part[] {
  const parts: readonly Part[] = [
    { label: 'What', lines: [what] },
    { label: DRAWN, lines: tree },
    { label: 'About', lines: about },
    { label: 'Why', lines: [...(why === null ? [] : [why]), ...figures] },
    { label: 'Next', lines: [next] },
    { label: 'Until', lines: until === null ? [] : [`${instantText(until.at)}, then: ${until.action}`] },
    { label: 'Type', lines: commands },
    { label: 'Note', lines: claim === undefined ? [] : [claim] },
  ];
  return parts
    .filter(({ lines }) => lines.length > 0)
    .map(({ label, lines }) => ({ label, lines: lines.map(oneLine) }));
}

/** `2025-12-02 09:11 UTC` */
export function instantText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

const INDENT = 7;
/** Commands are never broken, for they are copied. */
const WHOLE: readonly string[] = ['Type', 'See', DRAWN];

export function textLines(message: Message, { links, again }: Around, width: number): readonly string[] {
  const parts = [
    ...partsOf(message),
    ...(links.length === 0 ? [] : [{ label: 'See', lines: links.map(({ url }) => url) }]),
  ];
  return [
    ...wrap(oneLine(message.headline), width),
    '',
    ...parts.flatMap(({ label, lines }) =>
      lines
        .flatMap((line) => (WHOLE.includes(label) ? [line] : wrap(line, width - INDENT)))
        .map((line, at) => `${(at === 0 ? label : '').padEnd(INDENT)}${line}`),
    ),
    ...(again ? ['', ...wrap(AGAIN, width)] : []),
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Of several that were held: `3 messages from the quiet hours`. */
export function digestHeadline(messages: readonly Message[]): string {
  return `${messages.length} messages from the quiet hours`;
}
