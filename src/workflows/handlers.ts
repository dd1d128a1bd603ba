/** Who asks the rollout, and what it answers. Registered before anything is awaited. */
import { ApplicationFailure, CancellationScope, condition, setHandler, upsertMemo } from '@temporalio/workflow';
import { ACT_HELP, BRAKE_HELP, GUARDIAN_HELP, STATUS_HELP } from '../domain/rollout/act-help.ts';
import type { Taken } from '../domain/rollout/act-refusal.ts';
import { takeAs } from '../domain/rollout/act-refusal.ts';
import type { Act } from '../domain/rollout/acts.ts';
import { ACTS, impossible, isBrake, unfit } from '../domain/rollout/acts.ts';
import { parseAct } from '../domain/rollout/messages.ts';
import { floodEndsAtMs, isToldEnough } from '../domain/rollout/refusals.ts';
import { isTerminal } from '../domain/rollout/status.ts';
import type { RolloutStatus } from '../domain/rollout/view.ts';
import { authoriseAct, placeOf, proofOfRefused } from './authorise.ts';
import { createEar } from './hear-guardian.ts';
import { createHeardActs } from './heard-acts.ts';
import type { HeardActs, NotTaken } from './heard-acts.ts';
import type { HumanAct } from './messages.ts';
import { ACT_FORBIDDEN, ACT_UPDATES, actSignal, guardianSignal, statusQuery } from './messages.ts';
import type { RolloutRun } from './run.ts';

export interface Answering {
  /** Somebody asked for it, and it is not known yet whether they may. */
  isAsked(act: Act): boolean;
  /** As its update is answered. */
  take(act: Act, given: HumanAct): Promise<RolloutStatus>;
}

export function answer(run: RolloutRun): Answering {
  const heard = createHeardActs();
  const take = async (act: Act, given: HumanAct): Promise<RolloutStatus> => {
    const no = await heard.once(act, given, () => takeAct(run, heard, act, given));
    if (no !== null) throw refused(no.why, no.isForbidden ? ACT_FORBIDDEN : undefined);
    if (isBrake(act)) await nothingRises(run);
    return run.status();
  };
  setHandler(statusQuery, () => ({ ...run.status(), log: run.log() }), { description: STATUS_HELP });
  for (const act of ACTS) {
    setHandler(ACT_UPDATES[act], (given) => uncancelled(() => take(act, given)), {
      description: ACT_HELP[act],
      validator: (given) => (heard.isDone(act, given) ? undefined : refuseCheaply(run, act, given)),
    });
  }
  // A signal cannot be refused: what does not parse, or is not possible any more, is left alone.
  setHandler(actSignal, (given: unknown) => uncancelled(() => brake(run, heard, given)), { description: BRAKE_HELP });
  const ear = createEar(run);
  setHandler(guardianSignal, (given: unknown) => uncancelled(() => ear(given)), { description: GUARDIAN_HELP });
  return { isAsked: (act) => heard.isAsked(act), take };
}

/**
 * A cancel is an abort, which the rollout itself deals with. A signal that is heard when it comes would be cut off, and
 * Temporal takes that for the end of the run, in the middle of its roll back.
 */
function uncancelled<T>(hear: () => Promise<T>): Promise<T> {
  return CancellationScope.nonCancellable(hear);
}

/**
 * What leaves no trace: an act that says nothing sensible, one that comes too late, and, once enough is on record, what
 * is not possible. All else is looked into, so that who was refused what is known.
 */
function refuseCheaply(run: RolloutRun, act: Act, given: unknown): void {
  const { state } = run;
  const endsAtMs = isBrake(act) ? null : floodEndsAtMs(state.refusals, Date.now());
  const why =
    unfit(act, parseAct(given)) ??
    (isTerminal(state.phase) || isToldEnough(state.refusals) ? impossible(state, act) : null) ??
    (endsAtMs === null
      ? null
      : `Cannot ${act}: too many acts were refused. Only abort and pause are taken before ` +
        `${new Date(endsAtMs).toISOString()}.`);
  if (why !== null) throw refused(why);
}

function refused(why: string, type = 'ActRefused'): ApplicationFailure {
  return ApplicationFailure.nonRetryable(why, type);
}

/** Null, or why not; which is on record then. What was possible before it was known who acts may not be so after. */
async function takeAct(run: RolloutRun, heard: HeardActs, act: Act, given: HumanAct): Promise<NotTaken | null> {
  const { by, reason } = given;
  const known = await authoriseAct([placeOf(run.input.plan)], run, act, given);
  if (known.ok && SHOWN.includes(act) && given.window === undefined) await freshFigures(run);
  if (known.ok && heard.isDone(act, given)) return null;
  const nowMs = Date.now();
  const taken = known.ok
    ? orElse(impossible(run.state, act, nowMs), () =>
        takeAs(
          run.state,
          act,
          { ...parseAct(given), by, reason },
          { actor: known.actor, nowMs, steps: run.input.plan.steps },
        ),
      )
    : { why: known.refusal };
  if (!known.ok || 'why' in taken) {
    const { why } = taken as { readonly why: string };
    const proof = known.ok ? known.proof : proofOfRefused(known, given);
    if (isToldEnough(run.state.refusals)) run.dispatch({ kind: 'refusalCounted' });
    else run.dispatch({ kind: 'refused', act, by, why: `${why} Given was: ${reason}` }, { actor: by, proof });
    return { why, isForbidden: !known.ok };
  }
  heard.done(act, given);
  run.dispatch(taken.event, { actor: by, proof: known.proof });
  const { over, override } = taken.event;
  if (over !== undefined || override !== undefined) upsertMemo({ override: run.state.reason.slice(0, MEMO_LENGTH) });
  return null;
}

/**
 * A write of before that would raise the split is over by then: it was given up, and whoever did it has said so. Or it
 * comes too late, since the organisation has changed; or the pause is over.
 */
async function nothingRises(run: RolloutRun): Promise<void> {
  const isBack = (): boolean => isTerminal(run.state.phase) || typeof run.state.safety?.reactionMs === 'number';
  const mayRise = (): boolean =>
    run.state.request?.kind === 'abort' ? run.state.openWrites > 0 : run.state.paused && run.state.openRises > 0;
  await condition(() => !mayRise() || isBack());
}

function orElse(why: string | null, taken: () => Taken): Taken {
  return why === null ? taken() : { why };
}

/** What is listed beside a rollout is one line. */
const MEMO_LENGTH = 300;

/** These are bound to the figures of their moment. */
const SHOWN: readonly Act[] = ['promote', 'override'];

/** What the workflow knows of the figures is as old as the last news; a watch that begins tells them at once. */
async function freshFigures(run: RolloutRun): Promise<void> {
  if (run.state.openWatches === 0) return;
  run.dispatch({ kind: 'figuresAsked' });
  await condition(() => !run.state.figuresAsked, '5s', { summary: 'the figures of this moment' });
}

async function brake(run: RolloutRun, heard: HeardActs, given: unknown): Promise<void> {
  const parsed = parseAct(given);
  const { name } = parsed;
  if (!isBrake(name) || unfit(name, parsed) !== null || isTerminal(run.state.phase)) return;
  await heard.once(name, given, () => takeAct(run, heard, name, given as HumanAct));
}
