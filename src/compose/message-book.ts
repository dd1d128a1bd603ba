/** Where messages go, as the environment names the file that says it. */
import { readConfig } from '../config.ts';
import { listOf } from '../config/list.ts';
import type { Env } from '../config/secrets.ts';
import { AssistError } from '../configurator/errors.ts';
import { linksIn } from '../notify/links.ts';
import type { Links } from '../notify/links.ts';
import type { Surroundings } from '../notify/ready.ts';
import { loadBook, openBook } from '../notify/settings-file.ts';
import type { Book, BookSource } from '../notify/settings-file.ts';
import type { Logger } from '../telemetry/logger.ts';

const MESSAGES_FILE = 'MESSAGES_FILE';

export function messageSurroundings(env: Env): Surroundings {
  const hosts = listOf(env['MESSAGES_ALLOWED_HOSTS']);
  return { env, allowedHosts: hosts.length > 0 ? hosts : null };
}

/** Null where no file is named: then nobody is told. */
export async function openMessages(env: Env, logger: Logger): Promise<BookSource | null> {
  const file = env[MESSAGES_FILE];
  return file === undefined || file === ''
    ? null
    : openBook(file, messageSurroundings(env), logger.child({ part: 'messages' }));
}

/** For who looks at it once. */
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
