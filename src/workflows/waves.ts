/** One card over several actions: a rollout for each as a child, wave after wave, until one of them does harm. */
import { ApplicationFailure, CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { THROUGH_TEMPORAL } from '../domain/identity/names.ts';
import { parseAct } from '../domain/rollout/messages.ts';
import { parseWavesInput } from '../domain/waves/input.ts';
import type { Wave } from '../domain/waves/plan.ts';
import type { WavesOutcome, WavesStatus } from '../domain/waves/state.ts';
import type { WavesActName } from '../domain/waves/state.ts';
import { isUnheard, memberOf, membersOf, refusedWavesAct, WAVES_ACTS } from '../domain/waves/state.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { knowElsewhere, memberPhase } from './activity-proxies.ts';
import {
  calledOffQuery,
  memberPromotedSignal,
  rolloutWorkflowId,
  WAVES_UPDATES,
  wavesStatusQuery,
  wavesWorkflowId,
} from './messages.ts';
import type { HumanAct } from './messages.ts';
import { askFor, authoriseAct, placeOf, proofOfRefused } from './authorise.ts';
import type { Place } from './authorise.ts';
import { callOff } from './waves-call-off.ts';
import { runMember, undoMember } from './waves-members.ts';
import type { WavesRun } from './waves-run.ts';
import { startWavesRun } from './waves-run.ts';

export async function waves(given: unknown): Promise<WavesStatus> {
  const parsed = parseWavesInput(given);
  const problems = parsed.ok
    ? []
    : parsed.problems.map(({ path, message, remedy }) => `${path === '' ? '' : `${path}: `}${message} ${remedy}`);
  if (!parsed.ok)
    throw ApplicationFailure.nonRetryable(`The waves were refused: ${problems.join('; ')}`, 'WavesRefused');
  const { workflowId } = workflowInfo();
  const expected = wavesWorkflowId(parsed.input.waves.name);
  if (workflowId !== expected)
    throw ApplicationFailure.nonRetryable(
      `The workflow id is ${workflowId}; expected ${expected}. Start it with \`assist-rollouts waves start\`.`,
      'WavesRefused',
    );
  const run = startWavesRun(parsed.input);
  answer(run);
  hearCancel(run);
  await CancellationScope.nonCancellable(async () => {
    const refusal = await refusedStart(run, given);
    if (refusal === null) await toTheEnd(run);
    else run.dispatch({ kind: 'refused', reason: refusal });
    await run.recorded();
  });
  return run.status;
}

async function toTheEnd(run: WavesRun): Promise<void> {
  await takeWaves(run);
  for (;;) {
    const { aborted } = run;
    if (isStopped(run)) takeBack(run);
    if (!isOpen(run)) break;
    await condition(() => !isOpen(run) || run.aborted !== aborted || mustUndo(run));
  }
  run.dispatch({ kind: 'ended', ...endOf(run) });
}

/** A cancel from Temporal is an abort by someone who is not named. */
function hearCancel(run: WavesRun): void {
  CancellationScope.current().cancelRequested.catch(() => {
    if (refusedWavesAct(run.status, 'abort') === null)
      run.dispatch({ kind: 'acted', act: 'abort', by: THROUGH_TEMPORAL, reason: 'cancelled' });
  });
}

function answer(run: WavesRun): void {
  setHandler(wavesStatusQuery, () => run.status, { description: 'The waves as a tree of rollouts.' });
  setHandler(calledOffQuery, (member) => run.calledOff.get(member) ?? null, {
    description: 'Why a member was called off, by its action.',
  });
  for (const act of WAVES_ACTS) {
    setHandler(WAVES_UPDATES[act], (given) => take(run, act, given), {
      description: `${act} the waves: { "by": "your name", "reason": "why" }`,
      validator: (given) => {
        const { by, reason } = parseAct(given);
        const refused = actorProblem(by) ?? reasonProblem(reason) ?? refusedWavesAct(run.status, act);
        if (refused !== null) throw ApplicationFailure.nonRetryable(refused, 'ActRefused');
      },
    });
  }
  setHandler(memberPromotedSignal, (given: unknown) => hearMember(run, given), {
    description: 'From a rollout of these waves: it is promoted and goes on watching.',
  });
}

/** Looked at again once it is known who acts: another act may have come first. */
async function take(run: WavesRun, act: WavesActName, given: HumanAct): Promise<WavesStatus> {
  const answer = await authoriseAct(placesOf(run), run, act, given);
  const refused = answer.ok ? refusedWavesAct(run.status, act) : answer.refusal;
  if (refused !== null || !answer.ok) {
    const why = refused ?? '';
    const proof = answer.ok ? answer.proof : proofOfRefused(answer, given);
    run.refused(given.by, `${why} Given was: ${given.reason}`, proof);
    throw ApplicationFailure.nonRetryable(why, 'ActRefused');
  }
  run.dispatch({ kind: 'acted', act, by: given.by, reason: given.reason }, answer.proof);
  return run.status;
}

/** Of every member. */
function placesOf({ input }: WavesRun): readonly Place[] {
  return input.waves.waves.flatMap(({ members }) => members).map(({ plan }) => placeOf(plan));
}

/** Null: whoever started them may do so for every member. */
async function refusedStart(run: WavesRun, given: unknown): Promise<string | null> {
  const { startedBy: by, reason = '' } = run.input;
  const question = { act: 'start', given: { ...(given as object), by, reason }, signed: given as object };
  const answer = await askFor(placesOf(run), run, question);
  if (!answer.ok) return answer.refusal;
  run.started(answer.actor, answer.proof);
  const organisations = membersOf(run.status).flatMap(({ organisation }) => organisation ?? []);
  if (organisations.length === 0) return null;
  return knowElsewhere.executeWithOptions({ summary: 'are their organisations known?' }, [
    { organisations: [...new Set(organisations)] },
  ]);
}

/** Anybody can send a signal, so the rollout itself is asked. */
async function hearMember(run: WavesRun, given: unknown): Promise<void> {
  const member = membersOf(run.status).find(
    ({ action, organisation, state }) =>
      organisation === null &&
      state === 'running' &&
      action === (given as { readonly action?: unknown } | null)?.action,
  );
  if (member === undefined || member.runId === null) return;
  const { action, runId } = member;
  const phase = await CancellationScope.nonCancellable(() =>
    memberPhase.executeWithOptions({ summary: `${action}: is it promoted?` }, [
      { workflowId: rolloutWorkflowId(action), runId },
    ]),
  );
  if (phase === 'longWatch' && memberOf(run.status, action)?.state === 'running')
    run.dispatch({ kind: 'memberPromoted', member: action, reason: 'promoted; its long watch goes on' });
}

async function takeWaves(run: WavesRun): Promise<void> {
  const { waves: all, betweenMs } = run.input.waves;
  for (const [index, wave] of all.entries()) {
    if (index > 0) await between(run, betweenMs);
    await mayGoOn(run);
    if (isStopped(run)) return;
    run.dispatch({ kind: 'waveBegun', wave: index });
    await runWave(run, wave);
    if (isStopped(run)) return;
  }
  run.dispatch({ kind: 'allPromoted' });
  await condition(() => isStopped(run) || !isOpen(run));
}

/** Also what went on when the waves stopped, and is promoted since. */
function mustUndo({ input, status }: WavesRun): boolean {
  const { promoted } = input.waves.onRollback;
  return status.stopped !== null && promoted === 'undo' && membersOf(status).some(({ state }) => state === 'promoted');
}

function isOpen({ status }: WavesRun): boolean {
  return membersOf(status).some(({ open }) => open);
}

function isStopped({ status }: WavesRun): boolean {
  return status.stopped !== null;
}

async function mayGoOn(run: WavesRun): Promise<void> {
  await condition(() => (!run.status.paused && !isUnheard(run.status)) || isStopped(run));
}

async function between(run: WavesRun, ms: number): Promise<void> {
  if (ms === 0) return;
  run.dispatch({ kind: 'betweenBegun', untilMs: Date.now() + ms });
  await condition(() => isStopped(run), ms, { summary: `${formatDuration(ms)} between two waves` });
}

async function runWave(run: WavesRun, { members }: Wave): Promise<void> {
  const waiting = [...members];
  const inTurn = async (): Promise<void> => {
    for (;;) {
      await mayGoOn(run);
      const next = isStopped(run) ? undefined : waiting.shift();
      if (next === undefined) return;
      await runMember(run, next);
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.input.waves.maxParallel, members.length) }, inTurn));
}

/** Nothing more is started; what runs and what is promoted becomes what the waves say. None waits for another. */
function takeBack(run: WavesRun): void {
  const { running, promoted } = run.input.waves.onRollback;
  const isAborted = run.aborted;
  for (const member of membersOf(run.status)) {
    // What is only asked for elsewhere is not started yet.
    const isAsked = member.organisation !== null && member.runId === null;
    if (member.state === 'running' && (isAborted || isAsked || running === 'abort')) void callOff(run, member);
    if (member.state === 'promoted' && promoted === 'undo') void undoMember(run, member);
  }
}

function endOf(run: WavesRun): { readonly outcome: WavesOutcome; readonly reason: string } {
  const { stopped } = run.status;
  if (stopped === null) return { outcome: 'promoted', reason: 'every member came to what its plan wanted' };
  return { outcome: run.aborted ? 'aborted' : 'stopped', reason: stopped };
}
