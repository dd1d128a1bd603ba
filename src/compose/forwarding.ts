/** A forwarder, where there is something to forward to. */
import type { Destination } from '../config/destination.ts';
import { startForwarder } from '../forward/forwarder.ts';
import type { Forwarder } from '../forward/forwarder.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface ForwardingParts {
  readonly db: Database;
  readonly destinations: readonly Destination[];
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Null without destinations: then another process may have some, and this one leaves them alone. */
export async function composeForwarder({ closers, logger, ...parts }: ForwardingParts): Promise<Forwarder | null> {
  if (parts.destinations.length === 0) return null;
  const forwarder = await startForwarder({ ...parts, logger: logger.child({ part: 'forwarder' }) });
  closers.add('forwarder', () => forwarder.close());
  return forwarder;
}
