/** messages.yaml, read anew at each question: a destination that was taken out of it hears nothing more. */
import { parseMessageSettings } from '../domain/messages/settings-schema.ts';
import type { MessageSettings } from '../domain/messages/settings-schema.ts';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { readYamlText, yamlFaultText } from '../files/yaml.ts';
import { MessagesError } from './errors.ts';
import { readyDestination } from './ready.ts';
import type { Ready, Surroundings } from './ready.ts';

const MAX_BYTES = 256 * 1024;

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
  const text = await readBounded(file, { maxBytes: MAX_BYTES }).catch((cause: unknown) => {
    throw unusable(file, [`it cannot be read: ${whyUnread(cause)}`], cause);
  });
  const read = readYamlText(text);
  if ('fault' in read) throw unusable(file, [yamlFaultText(read.fault)]);
  return read.value;
}

function unusable(file: string, problems: readonly string[], cause?: unknown): MessagesError {
  return new MessagesError(
    'messages-invalid',
    [`${file} does not say where messages go:`, ...problems.map((one) => `  ${one}`)].join('\n'),
    'Mend the file; docs/messages.md and examples/messages.yaml show its fields.',
    { cause },
  );
}
