/** A worker that lacks a key stands before rollouts that it cannot go on with: that is said at its start, aloud. */
import { openClient } from '../codec/client.ts';
import type { Place } from '../codec/client.ts';
import { usedKeys } from '../codec/used-keys.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Starts all the same: others it can go on with, and its guardian brings back the baselines of those that stand still.
 * Never rejects.
 */
export async function tellLackingKeys(place: Place, logger: Pick<Logger, 'error' | 'warn'>): Promise<void> {
  try {
    const { byKey } = await usedKeys(openClient(place), 'starts');
    const lacking = [...byKey.keys()].filter((id) => !place.codecKeys.some((key) => key.id === id));
    if (lacking.length > 0)
      logger.error(
        { keys: lacking },
        'rollouts that are open are in cipher under keys that are not here, and stand still: add the keys to ' +
          'TEMPORAL_CODEC_KEYS',
      );
  } catch (error) {
    logger.warn({ err: error }, 'under which keys histories are in cipher could not be looked at');
  }
}
