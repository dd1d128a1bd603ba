/** messages.yaml, read anew at each question: a destination that was taken out of it hears nothing more. */
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { parseMessageSettings } from '../domain/messages/settings-schema.ts';
import type { MessageSettings } from '../domain/messages/settings-schema.ts';
import { MessagesError } from './errors.ts';
import { readyDestination } from './ready.ts';
import type { Ready, Surroundings } from './ready.ts';

const MAX_CHARACTERS = 256 * 1024;

export interface Book {
  readonly settings: MessageSettings;
  readonly destinations: readonly Ready[];
}

export interface BookSource {
  /** As the file is now; as it last was where it cannot be used. */
  now(): Promise<Book>;
  /** As it last was. */
  last(): Book;
}

export interface BookLogger {
  error(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** Throws a MessagesError when the file cannot be used. */
export async function openBook(file: string, around: Surroundings, logger: BookLogger): Promise<BookSource> {
  let good = await loadBook(file, around);
  let text = JSON.stringify(good.settings);
  let told = '';
  return {
    last: () => good,
    async now() {
      try {
        good = await loadBook(file, around);
        const fresh = JSON.stringify(good.settings);
        if (fresh !== text || told !== '') logger.info({ file }, 'the file of messages was read anew');
        [text, told] = [fresh, ''];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told)
          logger.error({ file, why }, 'the file of messages cannot be used: they go where it said before. Mend it now');
        told = why;
      }
      return good;
    },
  };
}

/** All that is wrong with it in one MessagesError. */
export async function loadBook(file: string, around: Surroundings): Promise<Book> {
  const parsed = parseMessageSettings(await readYaml(file));
  if (!parsed.ok) throw unusable(file, parsed.problems);
  const { settings } = parsed;
  const results = await Promise.allSettled(
    Object.entries(settings.destinations).map(([name, one]) => readyDestination(name, one, around)),
  );
  const names = Object.keys(settings.destinations);
  const problems = results.flatMap((result, at) =>
    result.status === 'rejected' ? [`destinations.${names[at] ?? ''}: ${(result.reason as Error).message}`] : [],
  );
  if (problems.length > 0) throw unusable(file, problems);
  return { settings, destinations: results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

async function readYaml(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unusable(file, [`it cannot be read (${cause.code ?? cause.message})`], cause);
  });
  if (text.length > MAX_CHARACTERS) throw unusable(file, [`it has more than ${MAX_CHARACTERS} characters`]);
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw unusable(file, [`it is not valid YAML: ${(cause as Error).message.split('\n')[0] ?? ''}`], cause);
  }
}

function unusable(file: string, problems: readonly string[], cause?: unknown): MessagesError {
  return new MessagesError(
    'messages-invalid',
    [`${file} does not say where messages go:`, ...problems.map((one) => `  ${one}`)].join('\n'),
    'Mend the file; docs/messages.md and examples/messages.yaml show its fields.',
    { cause },
  );
}
