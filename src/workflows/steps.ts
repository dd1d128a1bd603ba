/** The steps of a plan. Each returns how it ended. */
import { hoursText } from '../domain/plan/steps/bake.ts';
import type { ApproveStep } from '../domain/plan/steps/approve.ts';
import type { Bake } from '../domain/plan/steps/definition.ts';
import type { NotifyStep } from '../domain/plan/steps/notify.ts';
import type { Step, StepKind, StepOf } from '../domain/plan/steps/steps.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { splitText } from '../domain/split/audience.ts';
import type { Audience } from '../domain/split/audience.ts';
import type { Verdict } from '../domain/judge/types.ts';
import { isApproved } from '../domain/rollout/acts.ts';
import { isHarmed } from '../domain/rollout/overrides.ts';
import { plannedEndOf } from '../domain/rollout/planned-ends.ts';
import { policyForUndecided } from '../domain/rollout/watch-decision.ts';
import type { BakeClock } from './bake-clock.ts';
import { clockOf } from './bake-clock.ts';
import type { Decision } from './decide.ts';
import { decide, lapsed, whilePaused, writeSplit } from './decide.ts';
import { showLimit, withLimit } from './deadline.ts';
import { hook } from './hook.ts';
import type { DeployedRun } from './run.ts';
import type { StepOutcome, Watched } from './supervise.ts';
import { CONTINUE, rollBackFor, rollBackForHarm, supervise } from './supervise.ts';

/** How each kind of step runs. */
const RUN: { readonly [K in StepKind]: (run: DeployedRun, step: StepOf<K>) => Promise<StepOutcome> } = {
  setSplit: (run, { percent, of }) => setSplit(run, percent, 'settingSplit', of ?? null),
  bake,
  approve,
  hook: (run, step) => hook(run, step),
  notify,
};

/** `passed`: steps that a promotion passed over before. */
export async function runStep(
  run: DeployedRun,
  step: Step,
  index: number,
  passed: { readonly passed?: readonly number[] } = {},
): Promise<StepOutcome> {
  run.dispatch({ kind: 'stepStarted', step: index, ...passed });
  return (RUN[step.kind] as (run: DeployedRun, step: Step) => Promise<StepOutcome>)(run, step);
}

export async function setSplit(
  run: DeployedRun,
  percent: number,
  phase: 'settingSplit' | 'promoting' = 'settingSplit',
  of: Audience | null = null,
): Promise<StepOutcome> {
  const before = await whilePaused(run);
  if (before.kind === 'rollBack' || before.kind === 'promote') return before;
  if (isHarmed(run.state, Date.now())) return rollBackForHarm(run);
  if (lapsed(run)) return CONTINUE;
  run.dispatch({ kind: 'entered', phase, waitingFor: `the organisation to show split ${splitText(percent, of)}` });
  return outcomeOf(await writeSplit(run, percent, `split to ${splitText(percent, of)}`, of));
}

export function outcomeOf(decision: Decision): StepOutcome {
  return decision.kind === 'rollBack' || decision.kind === 'promote' ? decision : CONTINUE;
}

/** Ends when the time is over, the cards are enough and what it requires holds; or as the plan's policies say. */
export async function bake(run: DeployedRun, step: Bake): Promise<StepOutcome> {
  const clock = clockOf(run, step);
  const begun = { step: run.state.step, startedAtMs: Date.now() };
  run.dispatch({
    kind: 'entered',
    phase: 'baking',
    waitingFor: bakeWaits(step),
    plannedEnd: step.hours === undefined ? plannedEndOf(run.input.plan.steps, step, begun) : null,
  });
  const inTime = await baking(run, (until) => watchLimited(run, clock, until), NOT_OVER);
  return inTime ?? held(run, clock);
}

const NOT_OVER = (): boolean => false;

type WatchBake = (until: () => boolean) => Promise<Watched>;

/** The watch itself ends at the longest time: no timer of ours. */
async function watchLimited(run: DeployedRun, clock: BakeClock, until: () => boolean): Promise<Watched> {
  const goal = await clock.goal(true, until);
  if (goal.kind !== 'bake') return goal;
  const ms = goal.startedAtMs + (goal.atMostMs ?? 0) - Date.now();
  const limit = { ms, what: 'the bake to end', action: atMostText(run) };
  return showLimit(run, limit, () => clock.watching((moved) => supervise(run, goal, () => moved() || until())));
}

async function watchOpenly(run: DeployedRun, clock: BakeClock, until: () => boolean): Promise<Watched> {
  const goal = await clock.goal(false, until);
  if (goal.kind !== 'bake') return goal;
  return clock.watching((moved) => supervise(run, goal, () => moved() || until()));
}

function atMostText(run: DeployedRun): string {
  const { onUndecided } = run.input.plan.policies;
  return { hold: 'hold for proof or a person', rollback: 'roll back', promote: 'go on' }[onUndecided];
}

/** Null: its longest time is over without what it requires, and the plan says to hold. */
async function baking(run: DeployedRun, watched: WatchBake, over: () => boolean): Promise<StepOutcome | null> {
  const until = (): boolean => run.state.request !== null || run.state.advanced || run.state.paused || over();
  for (;;) {
    const decision = await decide(run, await watched(until));
    if (decision.kind === 'leave') {
      if (decision.end.kind === 'advance') return outcomeOf(await whilePaused(run));
      const stop = undecided(run, decision.end.reason, decision.end.report.verdict);
      if (stop !== 'hold') return stop;
      run.dispatch({
        kind: 'entered',
        phase: 'held',
        waitingFor: 'proof, or a person to decide',
        reason: decision.end.reason,
      });
      return null;
    }
    const stop = decision.kind === 'goOn' ? await whilePaused(run) : decision;
    if (stop.kind === 'rollBack' || stop.kind === 'promote') return stop;
    if (run.state.advanced) return CONTINUE;
    if (over()) return rollBackFor(`Neither proof nor a person came within the limit: ${run.state.reason}`);
  }
}

async function held(run: DeployedRun, clock: BakeClock): Promise<StepOutcome> {
  const limit = { ms: run.input.plan.policies.limits.heldMs, what: 'proof or a person', action: 'roll back' };
  return withLimit(
    run,
    limit,
    async (over) => (await baking(run, (until) => watchOpenly(run, clock, until), over)) ?? CONTINUE,
  );
}

function undecided(run: DeployedRun, reason: string, verdict: Verdict): StepOutcome | 'hold' {
  const policy = policyForUndecided(run.input.plan.policies.onUndecided, verdict);
  if (policy === 'rollback') return rollBackFor(reason);
  return policy === 'promote' ? CONTINUE : 'hold';
}

async function approve(run: DeployedRun, step: ApproveStep): Promise<StepOutcome> {
  const ms = step.timeoutMs;
  run.dispatch({ kind: 'entered', phase: 'awaitingApproval', waitingFor: `approval: ${step.reason}` });
  const late = `Nobody approved within ${formatDuration(ms)}: ${step.reason}`;
  const inTime = await withLimit(
    run,
    {
      ms,
      what: 'approval',
      action: step.onTimeout === 'rollback' ? 'roll back' : 'hold, and say so',
      remindAtMs: [ms / 2, ms / 10],
    },
    (over) => approval(run, over),
  );
  if (inTime !== null) return inTime;
  if (step.onTimeout === 'rollback') return rollBackFor(late);
  run.dispatch({
    kind: 'entered',
    phase: 'held',
    waitingFor: `approval, which is overdue: ${step.reason}`,
    reason: late,
  });
  const limit = { ms: run.input.plan.policies.limits.heldMs, what: 'the overdue approval', action: 'roll back' };
  return withLimit(
    run,
    limit,
    async (over) => (await approval(run, over)) ?? rollBackFor(`${late}; nor within the limit after that.`),
  );
}

/** Null: it is over. */
async function approval(run: DeployedRun, over: () => boolean): Promise<StepOutcome | null> {
  for (;;) {
    const end = await supervise(
      run,
      { kind: 'hold' },
      () => isApproved(run.state) || over() || run.state.request !== null || run.state.paused,
    );
    const decision = await decide(run, end);
    const stop = decision.kind === 'goOn' ? await whilePaused(run) : decision;
    if (stop.kind === 'rollBack' || stop.kind === 'promote') return stop;
    if (isApproved(run.state)) return CONTINUE;
    if (over()) return null;
  }
}

function notify(run: DeployedRun, { message, to }: NotifyStep): Promise<StepOutcome> {
  run.dispatch({ kind: 'notified', message, to: to ?? null });
  return Promise.resolve(CONTINUE);
}

function bakeWaits(step: Bake): string {
  const cards = step.minCards > 0 ? `, ${step.minCards} candidate cards` : '';
  const verdict = { noHarm: 'no harm', safe: 'safe', goal: 'safe, and that the goals are reached' }[step.require];
  return (
    `${formatDuration(step.forMs)}${step.hours === undefined ? '' : ` of ${hoursText(step.hours)}`} to pass${cards} and the judge to say ${verdict} ` +
    `(at most ${formatDuration(step.atMostMs)})`
  );
}
