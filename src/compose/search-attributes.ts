/** The search attributes by which rollouts are found: there when a worker starts, and from then on. */
import type { TemporalConfig } from '../config/temporal.ts';
import { withClient } from '../configurator/connection.ts';
import { AssistError } from '../configurator/errors.ts';
import { ensureSearchAttributes } from '../configurator/search-attributes.ts';
import type { Keeper } from '../schedules/keep.ts';
import { keep } from '../schedules/keep.ts';
import type { Logger } from '../telemetry/logger.ts';

const EVERY_MS = 60_000;

/**
 * A Temporal that was emptied, or restored, beneath its workers has lost them, and nobody could start or list. A server
 * that manages them elsewhere refuses: that is said once, and a start says what is lacking.
 */
export function keepSearchAttributes(
  temporal: TemporalConfig,
  logger: Pick<Logger, 'warn'>,
  everyMs = EVERY_MS,
): Promise<Keeper> {
  let isFirst = true;
  let isRefused = false;
  return keep(async () => {
    if (isRefused) return;
    try {
      await withClient(temporal, (client) => ensureSearchAttributes(client, temporal.namespace));
    } catch (error) {
      // One that is away later is asked again; what else looks after it says so.
      if (!isFirst) return;
      if (error instanceof AssistError) throw error;
      isRefused = true;
      logger.warn({ err: error }, 'search attributes could not be registered; add them by hand if they are missing');
    } finally {
      isFirst = false;
    }
  }, everyMs);
}
