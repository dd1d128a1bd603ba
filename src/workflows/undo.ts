/**
 * Back to a version that was proven before, by a person's word and without a plan: a roll back of what serves now. One
 * at a time for an action, as its rollouts are; nothing holds it up.
 */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeployAgain, FoundUndo } from '../activities/find-undo.ts';
import { messageFor } from '../domain/messages/message-for.ts';
import { DEFAULT_POLICIES } from '../domain/plan/default-policies.ts';
import { proofText } from '../domain/registry/choose-undo.ts';
import { versionLabel } from '../domain/registry/proven.ts';
import type { UndoInput } from '../domain/registry/undo-input.ts';
import { parseUndoInput } from '../domain/registry/undo-input.ts';
import { CANCELLED_BEFORE } from '../domain/rollout/audit-reason.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { undoState } from '../domain/rollout/state.ts';
import { apply } from '../domain/rollout/transition.ts';
import type { RolloutFacts, RolloutResult } from '../domain/rollout/view.ts';
import { resultOf, statusOf } from '../domain/rollout/view.ts';
import { deploy, findUndo, record } from './activity-proxies.ts';
import { authoriseBeginning } from './authorise.ts';
import { finish, refuse } from './end.ts';
import { answer } from './handlers.ts';
import { recordOf } from './journal.ts';
import { rolloutWorkflowId, statusQuery } from './messages.ts';
import { rollBack } from './roll-back.ts';
import type { RolloutRun } from './run.ts';
import { isDeployed, startRun } from './run.ts';
import { unlessSetBack } from './set-back.ts';
import { attributesOf, NO_ROLLOUT_ATTRIBUTES, versionAttribute } from './search-attributes.ts';

type Found = Extract<FoundUndo, { readonly ok: true }>;

export async function undo(given: unknown): Promise<RolloutResult> {
  const input = parseUndoInput(given);
  if (typeof input === 'string') return refuse(given, `The undo was refused: ${input} ${HOW}`);
  const { workflowId } = workflowInfo();
  const expected = rolloutWorkflowId(input.undo.action);
  if (workflowId !== expected)
    return refuse(given, `The workflow id is ${workflowId}; expected ${expected}, one at a time for an action. ${HOW}`);
  const looking = undoState();
  setHandler(statusQuery, () => statusOf(factsOf(input, input.undo.to ?? ''), looking));
  const found = await find(input);
  upsertSearchAttributes([versionAttribute(found.version)]);
  if (!found.ok) return refused(input, found);
  const { plan, version, to, proof } = found;
  const run = startRun({ ...input, plan: { ...plan, steps: [] } }, { version, registered: { undo: { to, proof } } });
  answer(run);
  return unlessSetBack(run, () => goBack(run, input, found, given));
}

async function goBack(run: RolloutRun, input: UndoInput, found: Found, given: unknown): Promise<RolloutResult> {
  const { to, proof } = found;
  const why = await prepare(run, found, given);
  if (!isDeployed(run) || why !== null) return finish(run, 'rejected', why ?? 'Nothing was found to go back to.');
  const { startedBy, reason } = input;
  const said = `undone by ${startedBy}: ${reason.replace(/[.!?]?$/, '.')} Back to ${proofText({ version: to, proof })}.`;
  return finish(run, 'undone', await rollBack(run, said, workflowInfo().startTime.getTime()));
}

const HOW = 'Undo with `assist-rollouts undo <action> --reason ...`.';

/** Somebody waits: what cannot be read within the time is said, and nothing is left half done. */
async function find({ undo: asked }: UndoInput): Promise<FoundUndo> {
  const no = (why: string): FoundUndo => ({ ok: false, version: asked.to ?? '', why });
  try {
    return await findUndo.executeWithOptions({ summary: 'what to go back to' }, [asked]);
  } catch (error) {
    if (isCancellation(error)) return no(CANCELLED_BEFORE);
    if (error instanceof ActivityFailure) return no(error.cause?.message ?? error.message);
    throw error;
  }
}

/** Null: what is gone back to stands there, and the person may. */
async function prepare(run: RolloutRun, found: Found, given: unknown): Promise<string | null> {
  try {
    const authorised = await authoriseBeginning(run, 'undo', given, {
      action: found.plan.action.name,
      queues: found.queues,
    });
    if (!authorised.ok) return authorised.refusal;
    const { startedBy, reason = '' } = run.input;
    const said = `undo of ${versionLabel(found.version)}, back to ${versionLabel(found.to)}: ${reason}`;
    run.dispatch({ kind: 'undoBegun', reason: said }, { actor: startedBy, proof: authorised.proof });
    run.dispatch({ kind: 'opened', opened: found.opened });
    const deployment = found.how.kind === 'rollBack' ? found.how.deployment : await deployedAgain(run, found.how);
    const abort = run.state.request?.kind === 'abort' ? run.state.request : null;
    if (abort !== null) return `Aborted before anything that serves was changed, by ${abort.by}: ${abort.reason}`;
    run.dispatch({ kind: 'deployed', deployment, splitPercent: 100 });
    return null;
  } catch (error) {
    if (isCancellation(error)) return CANCELLED_BEFORE;
    if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
    throw error;
  }
}

/** At split 0 beside what serves, as a candidate; the roll back then makes it the baseline. */
async function deployedAgain(run: RolloutRun, { plan, alone }: DeployAgain): Promise<Deployment> {
  const { target, action } = plan;
  run.dispatch({
    kind: 'entered',
    phase: 'deploying',
    waitingFor: `v${action.version} to exist in the organisation again, from the registry`,
  });
  const made = await CancellationScope.nonCancellable(() =>
    deploy.executeWithOptions({ summary: `deploy v${action.version} again` }, [
      { target, action, rolloutId: run.rolloutId, ...(alone && { noCard: 'baseline' as const }) },
    ]),
  );
  return { ...made, baseline: made.candidate, candidate: made.baseline };
}

function factsOf({ undo: { action } }: UndoInput, version: string): RolloutFacts {
  const { workflowId, runId, startTime } = workflowInfo();
  return { workflowId, rolloutId: runId, action, version, steps: [], startedAtMs: startTime.getTime(), isUndo: true };
}

/** On record, with who and why; there is no plan, and so no run of it. */
async function refused(
  input: UndoInput,
  { version, why, isUnknown }: Extract<FoundUndo, { readonly ok: false }>,
): Promise<RolloutResult> {
  const facts = factsOf(input, version);
  const { startedBy: actor, reason, undo: asked } = input;
  const before = undoState();
  const event = {
    kind: 'ended',
    outcome: 'rejected',
    reason: `undo by ${actor} (${reason}) was refused: ${why}`,
  } as const;
  const atMs = Date.now();
  const after = apply(before, event, atMs);
  const entry = recordOf(facts, actor, { before, event, after, atMs, actor }, `${facts.rolloutId}/1`);
  const plan = { steps: [], policies: DEFAULT_POLICIES };
  const message = messageFor({ facts, plan, startedBy: actor, before, event, after, atMs });
  const to = asked.to === undefined || asked.to === 'none' ? null : asked.to;
  upsertSearchAttributes(
    isUnknown === true
      ? NO_ROLLOUT_ATTRIBUTES
      : attributesOf({ phase: 'rejected', paused: false, splitPercent: 0, outcome: 'rejected' }),
  );
  await CancellationScope.nonCancellable(() =>
    record.executeWithOptions({ summary: 'audit: undo refused' }, [
      [
        isUnknown === true
          ? { ...entry, message, isNoRollout: true }
          : { ...entry, message, registered: { undo: { to, proof: null } } },
      ],
    ]),
  );
  return resultOf(statusOf(facts, after), 'rejected');
}
