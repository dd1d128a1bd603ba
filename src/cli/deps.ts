/** What a verb works with. Everything outside the process comes in here, so that a test can hand in its own. */
import type { Configuration } from '../config/configuration.ts';
import type { Command } from 'commander';
import { excerpt } from '../domain/text/printable.ts';
import type { Configurator } from '../configurator.ts';
import { wrapLine } from './view/wrap.ts';

export interface Output {
  /** Results. */
  stdout(text: string): void;
  /** Everything else. */
  stderr(text: string): void;
  /** What both do to a text first; for who writes to the terminal by itself. */
  readonly clean?: (text: string) => string;
  /** A text with its commands as the person called the program; before lines are broken, for it may be longer. */
  readonly named?: (text: string) => string;
  readonly isTTY: boolean;
  readonly color: boolean;
  /** Of the terminal that it goes to, as it is now; null or absent: no lines are broken. */
  readonly columns?: () => number | null;
}

export interface CommandLine {
  readonly verbs: readonly string[];
  /** The program with that verb alone. */
  load(verb: string): Promise<Command>;
}

export interface Deps {
  readonly out: Output;
  /** With what the configuration file says of variables that are set nowhere else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where that came from. */
  readonly configuration: Configuration;
  readonly now: () => number;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** The person at the keyboard, for `--by`. */
  readonly user: string;
  /** Of this program. */
  readonly version: string;
  /** The program's own script: how a child of ours is started. */
  readonly script: string;
  /** Asks whoever sits at the terminal; the answer is null where none came. Null: there is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
  /** Tells each key that is pressed, until what it returns is called. Null: there is nobody to press one. */
  readonly keys: ((on: (key: string) => void) => () => void) | null;
  /** Time zone (IANA) of whoever reads. */
  readonly zone: string;
  /** The verbs, for who completes them; `runCli` knows it. */
  readonly commandLine?: CommandLine;
  /** Opened at the first need; closed by the program when the verb is done. */
  configurator(): Promise<Configurator>;
}

export interface JsonOption {
  readonly json?: boolean;
}

/** One line of JSON on stdout. */
export function printJson(out: Output, value: unknown): void {
  out.stdout(`${JSON.stringify(value)}\n`);
}

/** Each is one line, whatever text of others is in it, and none is longer than a page; a terminal gets them broken between words. */
export function printLines(out: Output, lines: readonly string[]): void {
  out.stdout(`${broken(out, lines.map(shownLine).join('\n'))}\n`);
}

/** Its lines broken between words where the terminal ends; as they are for whoever is no terminal. */
export function broken({ columns, named }: Output, text: string): string {
  const width = columns?.() ?? null;
  if (width === null) return text;
  return (named?.(text) ?? text)
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

const MAX_LINE_LENGTH = 4_000;

/** Colours are the business of what writes. */
export function shownLine(line: string): string {
  return excerpt(line.replaceAll(/\r?\n/g, String.raw`\n`), MAX_LINE_LENGTH);
}
