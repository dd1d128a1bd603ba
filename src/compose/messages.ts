/** Messages for people, where the environment names the file that says where they go. */
import type { TemporalConfig } from '../config/temporal.ts';
import { AssistError } from '../configurator/errors.ts';
import { linksIn } from '../notify/links.ts';
import type { Ready } from '../notify/ready.ts';
import type { Book, BookSource } from '../notify/settings-file.ts';
import type { Database } from '../store/database.ts';
import { isForbidden } from '../store/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WorkerPlace } from '../worker/create-worker.ts';
import { startMessaging } from '../worker/messaging.ts';
import type { Sending } from '../worker/sending.ts';
import { workerIdentity } from './build.ts';
import type { Closers } from './closers.ts';

export interface MessagingParts {
  readonly place: WorkerPlace;
  readonly temporal: TemporalConfig;
  /** Where people reach the console; null: nowhere that is known here. */
  readonly consoleUrl: string | null;
  readonly book: BookSource;
  readonly db: Database;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function composeMessaging({
  closers,
  temporal,
  consoleUrl,
  logger,
  ...parts
}: MessagingParts): Promise<Sending> {
  const { namespace, uiUrl } = temporal;
  const messaging = await startMessaging({
    ...parts,
    identity: workerIdentity(),
    links: linksIn({ consoleUrl, uiUrl, namespace }),
    logger: logger.child({ part: 'messages' }),
  }).catch((error: unknown) => {
    throw isForbidden(error) ? notForwarder(error) : error;
  });
  closers.add('messages', () => messaging.close());
  return messaging;
}

function notForwarder(cause: unknown): AssistError {
  return new AssistError(
    'store-forbidden',
    'The role of DATABASE_URL may not send messages, and MESSAGES_FILE is set here.',
    'Make it a member of assist_rollouts_forward (deploy/roles.sql).',
    { cause },
  );
}

/** What must not be shown of it. */
export function secretsOfBook({ destinations }: Book): string[] {
  return destinations.flatMap(secretsOf);
}

function secretsOf(destination: Ready): string[] {
  switch (destination.kind) {
    case 'slack':
    case 'teams':
      return [destination.url];
    case 'email':
      return destination.server.auth === null ? [] : [destination.server.auth.pass];
    case 'cloudEvents':
      return [];
    case 'pagerDuty':
      return [destination.routingKey];
  }
}
