/** A member in another organisation: its own worker runs the rollout; here it is asked for, followed, and taken back. */
import { ActivityFailure, condition, isCancellation, uuid4, workflowInfo } from '@temporalio/workflow';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import type { Member } from '../domain/waves/plan.ts';
import { memberId } from '../domain/waves/plan.ts';
import type { MemberStatus, WavesActName } from '../domain/waves/state.ts';
import { memberOf } from '../domain/waves/state.ts';
import type { ElsewhereEnd, ElsewhereStart } from '../waves/elsewhere.ts';
import { actElsewhere, findElsewhere, followElsewhere, startElsewhere } from './activity-proxies.ts';
import type { WavesRun } from './waves-run.ts';

export interface UndoEnd {
  readonly ok: boolean;
  readonly reason: string;
}

/** Who asks for a rollout waits so long for an answer before that is said. */
const UNHEARD_AFTER_MS = 30_000;

/** To its end. Its scope, cancelled, means: roll back. */
export async function runElsewhere(run: WavesRun, member: Member & { readonly organisation: string }): Promise<void> {
  const { plan, organisation } = member;
  const id = memberId(member);
  run.dispatch({ kind: 'memberStarted', member: id, runId: null });
  const runId = await begin(run, id, { organisation, key: keyOf(id), what: { plan }, reason: startReason(run) });
  if (typeof runId !== 'string') {
    run.dispatch({ kind: 'memberEnded', member: id, ...runId });
    return;
  }
  run.dispatch({ kind: 'memberStarted', member: id, runId });
  const ref: Ref = { id, organisation, action: plan.action.name, runId };
  run.scopeOf(id).cancelRequested.catch(() => takeBack(run, ref));
  void passOnPauses(run, ref);
  run.dispatch({ kind: 'memberEnded', member: id, ...(await follow(run, ref)) });
}

/** By a rollout of its own. */
export async function undoElsewhere(
  run: WavesRun,
  { id, action, version, organisation }: MemberStatus & { readonly organisation: string },
  reason: string,
): Promise<UndoEnd> {
  const asked = { organisation, key: `${keyOf(id)}/undo`, what: { undo: action, from: version }, reason };
  // The member's own scope is over where it was called off, too late, in the moment in which it was promoted.
  const runId = await begin(run, id, asked, run.scopeOf(`${id}/undo`));
  if (typeof runId !== 'string') return { ok: false, reason: runId.reason };
  const ended = await follow(run, { id, organisation, action, runId });
  return { ok: ended.state === 'undone', reason: ended.reason };
}

interface Ref {
  readonly id: string;
  readonly organisation: string;
  readonly action: string;
  readonly runId: string;
}

/** Tells a rollout that these waves began from one that anybody else did. */
function keyOf(id: string): string {
  return `${workflowInfo().runId}/${id}`;
}

function startReason({ input: { reason, startedBy, waves } }: WavesRun): string {
  return cut(`${reason ?? 'rolled out in waves'} (waves ${waves.name}, started by ${startedBy})`);
}

type NotBegun = { readonly state: 'rejected' | 'skipped'; readonly reason: string };

/** Its run. Where that is wanted no more, what was asked for may be under way all the same: then it is found. */
async function begin(
  run: WavesRun,
  id: string,
  asked: ElsewhereStart,
  scope = run.scopeOf(id),
): Promise<string | NotBegun> {
  try {
    const options = { summary: `${id}: ${'undo' in asked.what ? 'undo' : 'start'}` };
    const started = await answered(
      run,
      id,
      scope.run(() => startElsewhere.executeWithOptions(options, [asked])),
    );
    return 'runId' in started ? started.runId : { state: 'rejected', reason: started.refused };
  } catch (error) {
    // An attempt that fails once it is called off fails for good.
    if (!isCancellation(error) && !scope.consideredCancelled) return { state: 'rejected', reason: messageOf(error) };
    const { organisation, key, what } = asked;
    const action = 'undo' in what ? what.undo : what.plan.action.name;
    const found = await answered(
      run,
      id,
      findElsewhere.executeWithOptions({ summary: `${id}: was it started?` }, [{ organisation, action, key }]),
    );
    return found ?? { state: 'skipped', reason: 'it was not started any more' };
  }
}

/** What is asked goes on; that there is no answer yet is said meanwhile. */
async function answered<T>(run: WavesRun, id: string, asking: Promise<T>): Promise<T> {
  const sinceMs = Date.now();
  let isOver = false;
  void condition(() => isOver, UNHEARD_AFTER_MS, { summary: `${id}: is there an answer?` }).then((inTime) => {
    if (!inTime && !memberOf(run.status, id)?.unheard)
      run.dispatch({ kind: 'memberUnheard', member: id, sinceMs, why: NO_ANSWER });
  });
  try {
    const answer = await asking;
    if (memberOf(run.status, id)?.unheard) run.dispatch({ kind: 'memberHeard', member: id });
    return answer;
  } finally {
    isOver = true;
  }
}

const NO_ANSWER = 'no answer; the pending activity says why';

/** Costs no history while nothing comes to pass. */
async function follow(run: WavesRun, ref: Ref): Promise<ElsewhereEnd> {
  const { id, ...elsewhere } = ref;
  for (;;) {
    const member = memberOf(run.status, id);
    const known = { isPromoted: member?.state !== 'running', isUnheard: member?.unheard !== null };
    const seen = await followElsewhere.executeWithOptions({ summary: `${id}: follows it` }, [
      { ...elsewhere, member: id, ...known },
    ]);
    if (seen.kind === 'ended') return { state: seen.state, reason: seen.reason };
    if (seen.kind === 'unheard')
      run.dispatch({ kind: 'memberUnheard', member: id, sinceMs: seen.sinceMs, why: seen.why });
    else if (seen.kind === 'heard') run.dispatch({ kind: 'memberHeard', member: id });
    else if (memberOf(run.status, id)?.state === 'running')
      run.dispatch({ kind: 'memberPromoted', member: id, reason: 'promoted; its long watch goes on' });
  }
}

/** One that refuses goes on, and is followed to its own end. */
async function takeBack(run: WavesRun, ref: Ref): Promise<void> {
  const refused = await tell(run, ref, 'abort', run.status.stopped ?? 'the waves stopped');
  if (refused === null) return;
  if (memberOf(run.status, ref.id)?.state === 'undoing')
    run.dispatch({ kind: 'undoEnded', member: ref.id, ok: false, reason: refused });
}

/** One after the other, however long an answer takes: the last counts. */
async function passOnPauses(run: WavesRun, ref: Ref): Promise<void> {
  let paused = false;
  const isOver = (): boolean => memberOf(run.status, ref.id)?.state !== 'running';
  for (;;) {
    await condition(() => isOver() || run.status.paused !== paused);
    if (isOver()) return;
    paused = run.status.paused;
    await tell(run, ref, paused ? 'pause' : 'resume', run.status.reason);
  }
}

/** Why it is refused there; null: it was taken. */
async function tell(run: WavesRun, ref: Ref, act: WavesActName, why: string): Promise<string | null> {
  const { id, ...elsewhere } = ref;
  const reason = cut(`waves ${run.input.waves.name}: ${why}`);
  const refused = await actElsewhere
    .executeWithOptions({ summary: `${id}: ${act}` }, [{ ...elsewhere, act, reason, actId: uuid4() }])
    .catch((error: unknown) => messageOf(error));
  if (refused !== null && memberOf(run.status, id)?.open)
    run.dispatch({ kind: 'memberRefused', member: id, reason: `${act} was refused there: ${refused}` });
  return refused;
}

function cut(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH);
}

export function messageOf(error: unknown): string {
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
