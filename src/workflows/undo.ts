/**
 * Back to a version that was proven before, by a person's word and without a plan: a roll back of what serves now. One
 * at a time for an action, as its rollouts are; nothing holds it up.
 */
import {
  ActivityFailure,
  condition,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { FoundUndo } from '../activities/find-undo.ts';
import { proofText } from '../domain/registry/choose-undo.ts';
import { versionLabel } from '../domain/registry/proven.ts';
import type { UndoInput } from '../domain/registry/undo-input.ts';
import { parseUndoInput } from '../domain/registry/undo-input.ts';
import { CANCELLED_BEFORE } from '../domain/rollout/audit-reason.ts';
import { undoState } from '../domain/rollout/state.ts';
import type { RolloutFacts, RolloutResult } from '../domain/rollout/view.ts';
import { statusOf } from '../domain/rollout/view.ts';
import { findUndo } from './activity-proxies.ts';
import { authoriseBeginning } from './authorise.ts';
import { abortedBy, deployAgain } from './deploy-again.ts';
import { finish, refuse } from './end.ts';
import { answer } from './handlers.ts';
import { rolloutWorkflowId, statusQuery } from './messages.ts';
import { rollBack } from './roll-back.ts';
import type { RolloutRun } from './run.ts';
import { isDeployed, startRun } from './run.ts';
import { unlessSetBack } from './set-back.ts';
import { versionAttribute } from './search-attributes.ts';
import { hearAbortAhead } from './undo-ahead.ts';
import { endUnbegun } from './undo-unbegun.ts';

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
  const ahead = hearAbortAhead(input.undo.action);
  const found = await ahead.look(() => find(input));
  upsertSearchAttributes([versionAttribute(found.version)]);
  if (!found.ok || ahead.aborted !== null) return endUnbegun(input, factsOf(input, found.version), found, ahead);
  const { plan, version, to, proof } = found;
  const run = startRun({ ...input, plan: { ...plan, steps: [] } }, { version, registered: { undo: { to, proof } } });
  const acts = answer(run);
  ahead.answerWith((heard) => acts.take('abort', heard.given));
  const isAbortAsked = (): boolean => ahead.isAsked() || acts.isAsked('abort');
  return unlessSetBack(run, () => goBack(run, input, found, { given, isAbortAsked }));
}

interface Begun {
  /** The input as it came. */
  readonly given: unknown;
  /** Somebody aborts, and it is not known yet whether they may: nothing is written before that is known. */
  isAbortAsked(): boolean;
}

async function goBack(run: RolloutRun, input: UndoInput, found: Found, begun: Begun): Promise<RolloutResult> {
  const { to, proof } = found;
  const why = await prepare(run, found, begun);
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
async function prepare(run: RolloutRun, found: Found, begun: Begun): Promise<string | null> {
  const isAnswered = (): boolean => !begun.isAbortAsked();
  try {
    const authorised = await authoriseBeginning(run, 'undo', begun.given, {
      action: found.plan.action.name,
      queues: found.queues,
    });
    if (!authorised.ok) return authorised.refusal;
    const { startedBy, reason = '' } = run.input;
    const said = `undo of ${versionLabel(found.version)}, back to ${versionLabel(found.to)}: ${reason}`;
    run.dispatch({ kind: 'undoBegun', reason: said }, { actor: startedBy, proof: authorised.proof });
    run.dispatch({ kind: 'opened', opened: found.opened });
    // Nothing is waited for where nobody asks: a recorded history would be done in another order.
    if (!isAnswered()) await condition(isAnswered);
    const aborted = abortedBy(run);
    if (aborted !== null) return aborted;
    const { how } = found;
    const deployment = how.kind === 'rollBack' ? how.deployment : await deployAgain(run, how, isAnswered);
    if (typeof deployment === 'string') return deployment;
    run.dispatch({ kind: 'deployed', deployment, splitPercent: 100 });
    return null;
  } catch (error) {
    if (isCancellation(error)) return CANCELLED_BEFORE;
    if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
    throw error;
  }
}

function factsOf({ undo: { action } }: UndoInput, version: string): RolloutFacts {
  const { workflowId, runId, startTime } = workflowInfo();
  return { workflowId, rolloutId: runId, action, version, steps: [], startedAtMs: startTime.getTime(), isUndo: true };
}
