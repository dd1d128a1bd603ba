/** What a benchmark is asked for on its command line: one line for what is no option or no number, and `--help`. */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Ends the process where there is nothing to run: exit code 0 after `--help`, else 2. */
export function benchOptions<const T extends Options>(options: T): Values<T> {
  const read = readBenchOptions(options, process.argv.slice(2));
  if ('values' in read) return read.values;
  const stream = read.code === 0 ? process.stdout : process.stderr;
  stream.write(`${basename(process.argv[1] ?? '', '.js')}: ${read.said}\n`);
  process.exit(read.code);
}

/** An option whose default is a number takes numbers alone. */
export function readBenchOptions<const T extends Options>(
  options: T,
  args: readonly string[],
): { readonly values: Values<T> } | { readonly said: string; readonly code: number } {
  const known = `options: ${Object.entries(options).map(optionText).join(', ')}`;
  if (args.includes('--help')) return { said: known, code: 0 };
  try {
    const { values } = parseArgs({ args: [...args], options });
    for (const [name, value] of Object.entries(values))
      if (isNumber(options[name]?.default) && !isNumber(value))
        return { said: `--${name}: expected a number of 0 or more, saw "${String(value)}"; ${known}`, code: 2 };
    return { values };
  } catch (error) {
    return { said: `${error instanceof Error ? error.message : String(error)}; ${known}`, code: 2 };
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
}

function optionText([name, { type, default: usual }]: [string, Options[string]]): string {
  if (type === 'boolean') return `--${name}`;
  const [text, most] = [usual === undefined ? '<value>' : String(usual), 40];
  return `--${name} ${text.length > most ? `${text.slice(0, most)}…` : text}`;
}
