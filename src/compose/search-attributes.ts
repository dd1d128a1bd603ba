/** The search attributes by which rollouts are found: there when a worker starts, and from then on. */
import { status as grpcStatus } from '@grpc/grpc-js';
import type { TemporalConfig } from '../config/temporal.ts';
import { createTemporalLink, grpcCode } from '../configurator/connection.ts';
import type { TemporalLink } from '../configurator/connection.ts';
import { AssistError } from '../configurator/errors.ts';
import { ensureSearchAttributes } from '../configurator/search-attributes.ts';
import type { Keeper } from '../schedules/keep.ts';
import { keep } from '../schedules/keep.ts';
import type { Logger } from '../telemetry/logger.ts';

const EVERY_MS = 60_000;
const LOOK_MS = 20_000;

/**
 * A Temporal that was emptied, or restored, beneath its workers has lost them, and nobody could start or list. A server
 * that manages them elsewhere refuses: that is said once, and a start says what is lacking.
 */
export async function keepSearchAttributes(
  temporal: TemporalConfig,
  logger: Pick<Logger, 'warn'>,
  everyMs = EVERY_MS,
): Promise<Keeper> {
  const link = createTemporalLink(temporal);
  try {
    const keeper = await keep(lookingAfter(link, logger), everyMs);
    return {
      async close() {
        await keeper.close();
        await link.close();
      },
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

function lookingAfter(link: TemporalLink, logger: Pick<Logger, 'warn'>): () => Promise<void> {
  let isFirst = true;
  let isRefused = false;
  return async () => {
    if (isRefused) return;
    try {
      const client = await link.client();
      await client.withDeadline(Date.now() + LOOK_MS, () => ensureSearchAttributes(client, link.config.namespace));
    } catch (error) {
      // One that is away later, or slow, is asked again; what else looks after it says so.
      if (!isFirst || isLate(error)) return;
      if (error instanceof AssistError) throw error;
      isRefused = true;
      logger.warn({ err: error }, 'search attributes could not be registered; add them by hand if they are missing');
    } finally {
      isFirst = false;
    }
  };
}

function isLate(error: unknown): boolean {
  return grpcCode(error) === grpcStatus.DEADLINE_EXCEEDED;
}
