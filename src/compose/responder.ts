/** Builds a responder from a configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { createGenesysClient } from '../genesys/client.ts';
import type { GenesysClient } from '../genesys/client.ts';
import { startResponder } from '../responder/responder.ts';
import type { Responder } from '../responder/responder.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface ResponderOptions {
  readonly genesys: GenesysConfig;
  readonly db: Database;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** What waits longer for its turn within the rate is asked for anew, the newest first. */
const MAX_WAIT_MS = 1_000;

/** Two clients have two tokens, each with a rate of its own. */
export async function composeResponder({ genesys, db, now, logger, closers }: ResponderOptions): Promise<Responder> {
  const [client, answers] = [{}, { maxWaitMs: MAX_WAIT_MS }].map((more) => {
    const made = createGenesysClient({ ...genesys, ...more, now, sleep: (ms) => sleep(ms), logger });
    closers.add('organisation of the responder', () => made.close());
    return made;
  }) as [GenesysClient, GenesysClient];
  const responder = await startResponder({ client, answers, db, now, random: Math.random, logger });
  closers.add('responder', () => responder.close());
  return responder;
}
