/** The guardian beside the workers: how the environment wants it, and the schedule that starts it. */
import { openClient } from '../codec/client.ts';
import type { Place } from '../codec/client.ts';
import { GUARDIAN_SCHEDULE } from '../schedules/duties.ts';
import { keepSchedule, removeSchedule } from '../schedules/schedule.ts';
import type { GuardianMode } from '../guardian/types.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface GuardianParts {
  readonly mode: GuardianMode;
  readonly place: Place;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Switched off, the schedule goes: a run a minute that does nothing would only look as if somebody watched. */
export async function composeGuardian({ mode, place, logger, closers }: GuardianParts): Promise<void> {
  const client = openClient(place);
  if (mode !== 'off') {
    const keeper = await keepSchedule(client, GUARDIAN_SCHEDULE, logger);
    closers.add('guardian', () => keeper.close());
    return;
  }
  logger.warn('guardian: switched off (GUARDIAN=off). A rollout that is terminated leaves its candidate where it is.');
  await removeSchedule(client, GUARDIAN_SCHEDULE).catch((error: unknown) =>
    logger.warn({ err: error }, 'guardian: its schedule could not be removed'),
  );
}
