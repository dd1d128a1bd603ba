/** Signed notes one after the other in a text, with an empty line between, as a checkpoint file holds them. */

export interface SplitNotes {
  readonly notes: readonly string[];
  /** Where the last whole note ends. */
  readonly end: number;
}

const NOTE = /\n?(?<note>(?:[^\n\u2014][^\n]*\n){3,}\n(?:\u2014 [^\n]+\n)+)/uy;

export function splitNotes(text: string, from = 0): SplitNotes {
  const notes: string[] = [];
  for (let end = from; ; end = NOTE.lastIndex) {
    NOTE.lastIndex = end;
    const note = NOTE.exec(text)?.groups?.['note'];
    if (note === undefined) return { notes, end };
    notes.push(note);
  }
}

/** Where the first note begins that certainly begins in a text that was taken out of the middle of a file. */
export function firstBeginning(text: string): number | null {
  const found = /^\u2014 [^\n]*\n\n(?=[^\n\u2014])/mu.exec(text);
  return found === null ? null : found.index + found[0].length;
}

/** The log that a note says it speaks of. */
export function logOf(note: string): string {
  return note.slice(0, note.indexOf('\n'));
}

const BEGINNING = /^(?:[^\n\u2014][^\n]*\n)*(?:[^\n\u2014][^\n]*|\n(?:\u2014[^\n]*)?)?$/u;

/**
 * Whether this is the beginning of a note of one of these logs, which a crash or a full disk cut short; what was
 * written by anybody else is not. A file system may have filled it up with zeros.
 */
export function isCutShort(rest: string, logs: readonly string[]): boolean {
  const begun = rest.replace(/^\n/, '').replace(/[\0\uFFFD]+$/u, '');
  return BEGINNING.test(begun) && logs.some((log) => `${log}\n`.startsWith(begun) || begun.startsWith(`${log}\n`));
}
