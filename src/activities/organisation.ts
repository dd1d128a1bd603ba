/** The effects on the organisation: each writes, reads back, and only then says what is so. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isPromoted, isRestored, isSplit } from '../domain/rollout/proofs.ts';
import type { Deployment, Target, TargetState, Urgency } from '../genesys/target.ts';
import type { Database } from '../store/database.ts';
import { cardsSince } from '../store/exposures.ts';
import { loadJudgeState } from '../store/judge-states.ts';
import type { Activities, ApplySplitInput, ConfirmQuietInput, FinalProof, Proof } from './types.ts';

export interface OrganisationDeps {
  readonly target: Target;
  /** Makes sure that the organisation sends its events here. */
  readonly ensureExport: () => Promise<void>;
  readonly db: Database;
  readonly now: () => number;
}

export function organisationActivities(deps: OrganisationDeps): Pick<Activities, 'ensureExport' | 'deploy' | 'applySplit' | 'retireBaseline' | 'rollBack' | 'confirmQuiet'> {
  const { target } = deps;
  return {
    ensureExport: () => deps.ensureExport(),
    deploy: (input) => target.deploy(input),
    async applySplit({ deployment, percent }: ApplySplitInput) {
      await target.setSplit(deployment, percent);
      return prove(deps, deployment, `split ${percent} %`, (state) => isSplit(state, percent, deployment));
    },
    async retireBaseline({ deployment, rolloutId }) {
      await target.retire(deployment, 'baseline');
      return withReport(deps, rolloutId, await prove(deps, deployment, `v${deployment.candidate.version} alone`, (state) => isPromoted(state, deployment)));
    },
    async rollBack({ deployment }) {
      await target.setSplit(deployment, 0, 'safety');
      await target.retire(deployment, 'candidate', 'safety');
      return prove(deps, deployment, `v${deployment.baseline.version} at 100 %`, (state) => isRestored(state, deployment), 'safety');
    },
    confirmQuiet: (input) => confirmQuiet(deps, input),
  };
}

/** Reads back; a state other than the wanted one is tried again by Temporal, for it may be a stale read or a foreign hand. */
async function prove(deps: OrganisationDeps, deployment: Deployment, wanted: string, holds: (state: TargetState) => boolean, urgency: Urgency = 'normal'): Promise<Proof> {
  const state = await deps.target.readBack(deployment, urgency);
  if (holds(state)) return { atMs: deps.now(), state };
  throw ApplicationFailure.retryable(
    `Asked the organisation for ${wanted}, read back ${JSON.stringify(state)}. It is written and read again until they agree; see who else changes ${deployment.actionName}.`,
    'ReadBackDiffers');
}

/** Conversations in flight may still show the card this long after the split is back. */
const GRACE_MS = 500;
const LOOK_MS = 250;

/** Waits until no candidate card has been triggered for `quietMs`, then reads back once more. */
async function confirmQuiet(deps: OrganisationDeps, { rolloutId, deployment, sinceMs, quietMs }: ConfirmQuietInput): Promise<FinalProof> {
  const context = Context.current();
  let quietSinceMs = sinceMs + GRACE_MS;
  while (deps.now() - quietSinceMs < quietMs) {
    await context.sleep(LOOK_MS);
    if ((await cardsSince(deps.db, deployment.candidate.id, new Date(quietSinceMs))) > 0) quietSinceMs = deps.now();
  }
  return withReport(deps, rolloutId, { atMs: deps.now(), state: await deps.target.readBack(deployment, 'safety') });
}

async function withReport(deps: OrganisationDeps, rolloutId: string, proof: Proof): Promise<FinalProof> {
  return { ...proof, report: (await loadJudgeState(deps.db, rolloutId))?.report ?? null };
}
