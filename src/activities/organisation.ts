/** The effects on the organisation: each writes, reads back, and only then says what is so. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Drift } from '../domain/rollout/drift.ts';
import { contentDrift, rivalDrift } from '../domain/rollout/drift.ts';
import { isPromoted, isRestored, isSplit } from '../domain/rollout/proofs.ts';
import { splitText } from '../domain/split/audience.ts';
import type { Targets } from '../targets/index.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { ArmState, TargetState, Webhook } from '../targets/target.ts';
import type { Urgency } from '../genesys/token-bucket.ts';
import { TargetError } from '../targets/target-error.ts';
import type { Database } from '../store/database.ts';
import { cardsSince } from '../store/exposures.ts';
import { traced } from '../telemetry/spans.ts';
import { afterVerdict } from './after-verdict.ts';
import type { CalendarDeps } from './calendar.ts';
import { refuseClosed, windowClosed } from './calendar.ts';
import { assertNotEnded, assertSamePast } from './same-past.ts';
import { createTurns } from './turns.ts';
import { sleepUnlessCancelled } from './unless-cancelled.ts';
import type {
  ApplySplitInput,
  BaselineChanged,
  ConfirmQuietInput,
  DeployInput,
  EnsureExportInput,
  Proof,
  RetireInput,
  RollBackInput,
} from './types.ts';

export interface OrganisationDeps extends Pick<CalendarDeps, 'calendar'> {
  readonly targets: Targets;
  /** Where events are sent to. */
  readonly webhook: Webhook;
  readonly db: Database;
  readonly now: () => number;
}

/** The same for every rollout of this worker: many that start together need it once. */
const OPENED_EVERY_MS = 1000;

export function organisationActivities(deps: OrganisationDeps) {
  const { targets } = deps;
  const openings = createTurns<unknown>(OPENED_EVERY_MS);
  return {
    ensureExport: async ({ target }: EnsureExportInput): Promise<void> => {
      await openings(target, () => targets.of(target).events.open(deps.webhook));
    },
    deploy: async ({ question, past, ...request }: DeployInput): Promise<Deployment> => {
      // Whoever aborts meanwhile waits for the answer, and is on record before it; at split 0 it puts nothing before agents.
      await assertNotEnded(deps.db, past);
      const closed = question === undefined ? null : await refuseClosed(deps, question);
      if (closed !== null) throw windowClosed(closed);
      return targets.of(request.target.kind).deploy(request);
    },
    applySplit: async ({ deployment, percent, of, rise, past }: ApplySplitInput): Promise<Proof> => {
      await mayWrite(deps.db, percent, rise, past);
      if (rise !== undefined) await holdRise(deps, deployment, rise);
      await targets.of(deployment.target).setSplit(deployment, percent, 'normal', of ?? null);
      const wanted = `split ${splitText(percent, of)}`;
      return prove(deps, deployment, wanted, (state) => isSplit(state, percent, deployment, of ?? null));
    },
    retireBaseline: async ({ deployment, past, acceptedRivals }: RetireInput): Promise<Proof> => {
      await assertSamePast(deps.db, past);
      await targets.of(deployment.target).retire(deployment, 'baseline');
      const wanted = `${armLabel(deployment.candidate)} alone`;
      const proof = await prove(deps, deployment, wanted, (state) => isPromoted(state, deployment), 'candidate');
      if (acceptedRivals !== undefined) await refuseRival(deps, deployment, acceptedRivals);
      return proof;
    },
    /** Tries for ever. */
    rollBack: async ({ deployment, mayAsk, past }: RollBackInput): Promise<Proof | BaselineChanged> => {
      await assertNotEnded(deps.db, past);
      return untilDone(() =>
        afterVerdict(deps.db, 'roll back', () => (mayAsk ? restoreOrAsk(deps, deployment) : restore(deps, deployment))),
      );
    },
    /** Waits until no candidate card comes any more; what another hand undoes meanwhile is done again. */
    confirmQuiet: (input: ConfirmQuietInput): Promise<Proof | BaselineChanged> =>
      untilDone(() => afterVerdict(deps.db, 'confirm quiet', () => confirmQuiet(deps, input))),
  };
}

/** Nothing rises on a past that is not certain. What puts a split back, or lowers it, waits for no store. */
function mayWrite(
  db: Database,
  percent: number,
  rise: ApplySplitInput['rise'],
  past: ApplySplitInput['past'],
): Promise<void> {
  if (rise !== undefined) return assertSamePast(db, past);
  return percent === 0 ? assertNotEnded(db, past) : assertSamePast(db, past, 'unlessAway');
}

/**
 * Asked beside the write, so that a freeze wins or loses, and never by half: what an earlier attempt or order may have
 * written is taken back first, and read back.
 */
async function holdRise(
  deps: OrganisationDeps,
  deployment: Deployment,
  { from, fromOf, question, mayStand }: NonNullable<ApplySplitInput['rise']>,
): Promise<void> {
  const closed = await refuseClosed(deps, question);
  if (closed === null) return;
  if (mayStand === true || Context.current().info.attempt > 1) {
    await deps.targets.of(deployment.target).setSplit(deployment, from, 'normal', fromOf ?? null);
    await prove(deps, deployment, `split ${splitText(from, fromOf)}`, (state) =>
      isSplit(state, from, deployment, fromOf ?? null),
    );
  }
  throw windowClosed(closed);
}

/**
 * A roll back is tried for ever, whatever was answered: the answer may be another tomorrow, and repeats inside an
 * activity cost no history.
 */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'CancelledFailure' || error.name === 'AbortError') throw error;
    throw ApplicationFailure.create({
      message: error.message,
      type: error instanceof TargetError ? error.code : 'RollBackUnfinished',
      nonRetryable: false,
    });
  }
}

async function restore(deps: OrganisationDeps, deployment: Deployment): Promise<Proof> {
  await deps.targets.of(deployment.target).retire(deployment, 'candidate', 'safety');
  return prove(
    deps,
    deployment,
    `${armLabel(deployment.baseline)} at 100 %`,
    (state) => isRestored(state, deployment),
    'baseline',
    'safety',
  );
}

async function restoreOrAsk(deps: OrganisationDeps, deployment: Deployment): Promise<Proof | BaselineChanged> {
  try {
    return await restore(deps, deployment);
  } catch (error) {
    const drift = changedContent(error);
    if (drift?.kind !== 'baselineContent') throw error;
    return { drift };
  }
}

function changedContent(error: unknown): Drift | null {
  return error instanceof TargetError ? (error.drift ?? null) : null;
}

/**
 * Reads back; a state other than the wanted one is tried again by Temporal, for it may be a stale read or a foreign
 * hand. Another content than the one that was checked is said by name: no repeat mends that.
 */
async function prove(
  deps: OrganisationDeps,
  deployment: Deployment,
  wanted: string,
  holds: (state: TargetState) => boolean,
  only?: 'candidate' | 'baseline',
  urgency: Urgency = 'normal',
): Promise<Proof> {
  const state = await readBack(deps, deployment, urgency, holds);
  if (holds(state)) return { atMs: deps.now(), state };
  for (const arm of only === undefined ? (['candidate', 'baseline'] as const) : [only]) {
    const fingerprint = state[arm]?.fingerprint ?? null;
    const version = deployment[arm];
    const drift =
      fingerprint === null || version === null
        ? null
        : contentDrift(arm, version, { fingerprint, changedAt: null, changedBy: null });
    if (drift !== null)
      throw new TargetError(
        'ContentChanged',
        `${deployment.actionName} ${drift.message} Put its content back, or publish the change under a new version.`,
        drift,
      );
  }
  throw ApplicationFailure.retryable(
    `Asked the organisation for ${wanted}, read back ${JSON.stringify(shown(state))}. It is written and read ` +
      `again until they agree; see who else changes ${deployment.actionName}.`,
    'ReadBackDiffers',
  );
}

/** Asked anew: what another hand added since the last look would stand beside what is called the only version. */
async function refuseRival(
  { targets }: OrganisationDeps,
  deployment: Deployment,
  acceptedRivals: readonly string[],
): Promise<void> {
  const seen = await targets.of(deployment.target).survey(deployment.actionName);
  const ours = seen.filter(({ actionName }) => actionName === deployment.actionName);
  const drift = rivalDrift({ ...deployment, acceptedRivals }, ours);
  if (drift !== null) throw new TargetError('RivalServes', `${deployment.actionName}: ${drift.message}`, drift);
}

/** The span says whether it proves what was wanted. */
function readBack(
  { targets }: OrganisationDeps,
  deployment: Deployment,
  urgency: Urgency,
  holds: (state: TargetState) => boolean,
): Promise<TargetState> {
  return traced('read back', {}, async (span) => {
    const state = await targets.of(deployment.target).readBack(deployment, urgency);
    span?.setAttribute('assist_rollouts.proven', holds(state));
    return state;
  });
}

function shown({ candidate, baseline, ...rest }: TargetState): object {
  const served = (arm: ArmState | null): object | null =>
    arm && { servesHere: arm.servesHere, splitPercent: arm.splitPercent };
  return { candidate: served(candidate), baseline: served(baseline), ...rest };
}

/** Conversations in flight may still show the card this long after the split is back. */
const GRACE_MS = 500;
const LOOK_MS = 250;

/**
 * Waits until no candidate card has been triggered for `quietMs`, then reads back once more; what was undone meanwhile
 * is done again.
 */
async function confirmQuiet(
  deps: OrganisationDeps,
  { deployment, sinceMs, quietMs, mayAsk }: ConfirmQuietInput,
): Promise<Proof | BaselineChanged> {
  await awaitQuiet(deps, deployment, sinceMs + GRACE_MS, quietMs);
  const lookBack = () => readBack(deps, deployment, 'safety', (shownThere) => isRestored(shownThere, deployment));
  let state = await lookBack();
  while (!isRestored(state, deployment)) {
    // A late request, or a hand in the organisation, undid it after the proof.
    const again = mayAsk ? await restoreOrAsk(deps, deployment) : await restore(deps, deployment);
    if ('drift' in again) return again;
    await awaitQuiet(deps, deployment, again.atMs + GRACE_MS, quietMs);
    state = await lookBack();
  }
  return { atMs: deps.now(), state };
}

/** A store that is away this long tells of no card; then the organisation's word, read back, has to be enough. */
const STORE_AWAY_MS = 30_000;
/** Whoever restored it told when by a clock of its own: one that is further off than this is not gone by. */
const CLOCKS_AGREE_MS = 5_000;

/** By the store's clock: those of two workers may be hours apart, and either way. */
async function awaitQuiet(
  deps: OrganisationDeps,
  { candidate }: Deployment,
  sinceMs: number,
  quietMs: number,
): Promise<void> {
  // Where the candidate is no card, none of its cards can come.
  if (candidate === null) return;
  let quietSinceMs = sinceMs;
  let isFirst = true;
  for (let heardMs = deps.now(); deps.now() - heardMs < STORE_AWAY_MS; await sleepUnlessCancelled(LOOK_MS)) {
    const seen = await cardsSince(deps.db, candidate.id, new Date(quietSinceMs)).catch(() => null);
    if (seen === null) continue;
    heardMs = deps.now();
    const areClocksOff = isFirst && Math.abs(seen.nowMs - sinceMs) > CLOCKS_AGREE_MS;
    isFirst = false;
    if (areClocksOff || seen.cards > 0) quietSinceMs = seen.nowMs + (areClocksOff ? GRACE_MS : 0);
    else if (seen.nowMs - quietSinceMs >= quietMs) return;
  }
}
