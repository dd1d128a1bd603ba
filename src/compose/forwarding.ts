/** What forwards, where it is said what to forward to. */
import type { Destination } from '../config/destination.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Database } from '../store/database.ts';
import { isForbidden } from '../store/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WorkerPlace } from '../worker/create-worker.ts';
import { startForwarding } from '../worker/forwarding.ts';
import type { Forwarding } from '../worker/forwarding.ts';
import { workerIdentity } from './build.ts';
import type { Closers } from './closers.ts';

export interface ForwardingParts {
  readonly place: WorkerPlace;
  readonly db: Database;
  readonly destinations: readonly Destination[];
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function composeForwarding({ closers, logger, ...parts }: ForwardingParts): Promise<Forwarding> {
  const forwarding = await startForwarding({
    ...parts,
    identity: workerIdentity(),
    logger: logger.child({ part: 'forwarding' }),
  }).catch((error: unknown) => {
    throw isForbidden(error) ? notForwarder(error) : error;
  });
  closers.add('forwarding', () => forwarding.close());
  return forwarding;
}

function notForwarder(cause: unknown): AssistError {
  return new AssistError(
    'store-forbidden',
    'The role of DATABASE_URL may not forward what came in, and COACHING_URL or COACHING_DESTINATIONS is set here.',
    'Make it a member of assist_rollouts_forward (deploy/roles.sql), or forward from another process.',
    { cause },
  );
}
