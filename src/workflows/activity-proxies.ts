/**
 * Timeouts and retries by kind of call. This is the only retry layer; the clients below it never repeat. Each kind has
 * a queue with slots of its own, so that none can starve another: a thousand watches leave a roll back its slot.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create.ts';
import type { BuildsActivities } from '../activities/builds.ts';
import type { WavesActivities } from '../waves/activities.ts';
import { GENESYS_QUEUE, HOOKS_QUEUE, ROLLOUTS_QUEUE, SAFETY_QUEUE, WATCHES_QUEUE } from './messages.ts';
import { WRITE_LIMIT_MS } from '../domain/rollout/limits.ts';

const backoff = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Where somebody waits to be safe. */
const QUICK = { initialInterval: '200ms', backoffCoefficient: 1.7, maximumInterval: '10s' } as const;

/** Database and preflight: patient, for a rollout outlives an outage. */
export const { open, validate, record } = proxyActivities<Pick<Activities, 'open' | 'validate' | 'record'>>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '30s',
  retry: backoff,
});

/** Asked before every act: an abort must not queue behind ordinary work. */
export const { authorise } = proxyActivities<Pick<Activities, 'authorise'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '10s',
  retry: QUICK,
});

/** Whoever is told so waits to be safe; where nobody answers, it is believed. */
export const { isRestoring } = proxyActivities<Pick<Activities, 'isRestoring'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '10s',
  retry: QUICK,
});

/** Of waves that have just cancelled whoever asks; it goes back once this is answered, and waits no longer than a second. */
export const { whyCalledOff } = proxyActivities<Pick<WavesActivities, 'whyCalledOff'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '1s',
  scheduleToCloseTimeout: '1s',
  retry: QUICK,
});

/** With the reserve of the organisation's rate: the way back does not queue. */
export const { findUndo } = proxyActivities<Pick<Activities, 'findUndo'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: '5s',
  retry: QUICK,
});

/** Of a dry run, which somebody waits for: through the rate-limited queue, as the calls of a start are. */
export const { lookAround } = proxyActivities<Pick<Activities, 'lookAround'>>({
  taskQueue: GENESYS_QUEUE,
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '20s',
  heartbeatTimeout: '10s',
  retry: backoff,
});

/** Somebody waits for the answer at a terminal. */
export const { askRegistry } = proxyActivities<Pick<Activities, 'askRegistry'>>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '20s',
  retry: backoff,
});

export const { memberPhase, recordWaves, knowElsewhere } = proxyActivities<
  Pick<WavesActivities, 'memberPhase' | 'recordWaves' | 'knowElsewhere'>
>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '30s',
  retry: backoff,
});

/** Of another organisation, for as long as it may be away. Who gives a start up hears what became of it. */
export const { startElsewhere, findElsewhere, actElsewhere } = proxyActivities<
  Pick<WavesActivities, 'startElsewhere' | 'findElsewhere' | 'actElsewhere'>
>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: QUICK,
});

/** One long activity for each member elsewhere. */
export const { followElsewhere } = proxyActivities<Pick<WavesActivities, 'followElsewhere'>>({
  taskQueue: WATCHES_QUEUE,
  startToCloseTimeout: '400 days',
  heartbeatTimeout: '12s',
  retry: backoff,
});

/** Somebody waits for the answer; a build that has just begun is waited for within. */
export const { planBuilds, changeBuilds, refuseBuilds } = proxyActivities<BuildsActivities>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '30s',
  retry: QUICK,
});

/** Calls to the organisation: through the rate-limited queue. */
const ordinary = {
  taskQueue: GENESYS_QUEUE,
  startToCloseTimeout: WRITE_LIMIT_MS,
  heartbeatTimeout: '10s',
  retry: backoff,
} as const;

export const { ensureExport, deploy } = proxyActivities<Pick<Activities, 'ensureExport' | 'deploy'>>(ordinary);

/** Who gives one up goes on at once, and hears when it takes no effect any more. */
export const { applySplit, retireBaseline } = proxyActivities<Pick<Activities, 'applySplit' | 'retireBaseline'>>({
  ...ordinary,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** One long activity for each hook, ended by the workflow; a dead worker shows within `heartbeatTimeout`. */
export const { askHook } = proxyActivities<Pick<Activities, 'askHook'>>({
  taskQueue: HOOKS_QUEUE,
  startToCloseTimeout: '366 days',
  heartbeatTimeout: '12s',
  retry: backoff,
});

/** The way back to safety never queues behind ordinary calls, and tries again quickly. */
export const { rollBack } = proxyActivities<Pick<Activities, 'rollBack'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: WRITE_LIMIT_MS,
  heartbeatTimeout: '5s',
  retry: QUICK,
});

export const { confirmQuiet } = proxyActivities<Pick<Activities, 'confirmQuiet'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: backoff,
});

/** Somebody waits for the answer; a freeze is a brake. */
export const { calendar, changeFreeze, listFreezes, startTime, countHours } = proxyActivities<
  Pick<Activities, 'calendar' | 'changeFreeze' | 'listFreezes' | 'startTime' | 'countHours'>
>({ taskQueue: SAFETY_QUEUE, startToCloseTimeout: '10s', retry: backoff });

/** One long activity for each wait, however long it is: it costs no history. */
export const { awaitCalendar, awaitHours } = proxyActivities<Pick<Activities, 'awaitCalendar' | 'awaitHours'>>({
  taskQueue: WATCHES_QUEUE,
  startToCloseTimeout: '400 days',
  heartbeatTimeout: '12s',
  retry: backoff,
});

/**
 * One long activity per split; a dead worker shows within `heartbeatTimeout`. A
 * watch that finds no slot, or fails a few times in a row, is told to the workflow, which knows how long nobody may
 * look.
 */
const watching = {
  taskQueue: WATCHES_QUEUE,
  scheduleToStartTimeout: '30s',
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '9s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 4 },
} as const;

/** Who cancels it waits for nothing, and still hears its last word when it comes (supervise.ts). */
export const { watch } = proxyActivities<Pick<Activities, 'watch'>>({
  ...watching,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const { longWatch } = proxyActivities<Pick<Activities, 'longWatch'>>(watching);
