/** Where messages go, for who looks at it once. */
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { AssistError } from '../configurator/errors.ts';
import { linksIn } from '../notify/links.ts';
import type { Links } from '../notify/links.ts';
import { loadBook } from '../notify/settings-file.ts';
import type { Book } from '../notify/settings-file.ts';
import { MESSAGES_FILE, messageSurroundings } from './messages.ts';

export async function bookOf(env: Env): Promise<Book> {
  const file = env[MESSAGES_FILE];
  if (file !== undefined && file !== '') return loadBook(file, messageSurroundings(env));
  throw new AssistError(
    'config-incomplete',
    'MESSAGES_FILE is not set, so no destination has a name here.',
    'Set it to the file that the worker reads; examples/messages.yaml is one.',
  );
}

export function linksOf(env: Env): Links {
  const { temporal, console } = readConfig(env);
  return linksIn({ consoleUrl: console.publicUrl, uiUrl: temporal.uiUrl, namespace: temporal.namespace });
}
