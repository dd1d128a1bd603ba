/** What the audit log says of a transition: the reason of that moment, and who caused it. Pure. */
import type { JudgeReport } from '../judge/types.ts';
import { splitText } from '../split/audience.ts';
import { THROUGH_TEMPORAL } from '../identity/names.ts';
import type { Problem } from '../plan/problem.ts';
import type { Step } from '../plan/steps/steps.ts';
import { stepLabel } from '../plan/steps/steps.ts';
import { formatDuration } from '../shared/duration.ts';
import { overrideText } from './overrides.ts';
import type { RolloutState } from './state.ts';
import type { AuditedEvent } from './events.ts';

/** Begins the reason of what has no other. */
export const WAITS = 'from here on it waits for ';

export const CANCELLED = 'Cancelled through Temporal; by whom it does not say.';
export const CANCELLED_BEFORE = 'Cancelled through Temporal before anything was changed; by whom it does not say.';

const CANCELLED_BEFORE_SERVING =
  'Cancelled through Temporal before anything that serves was changed; by whom it does not say.';

/** `standing`: what stands there then. */
export function cancelledBeforeServing(standing: string): string {
  return `${CANCELLED_BEFORE_SERVING} ${standing}`;
}

/** Of a rollout whose waves stopped. */
export function calledOffBefore(why: string): string {
  return `Called off before anything was changed: ${why}`;
}

/**
 * Why this happened, as it is known now: what was proven, which step began, what the judge said. Never what was waited
 * for before:
 * an entry cannot be changed, so it must not say of a proof that it is still awaited. `before` and `after`: the states
 * around the event.
 */
export function reasonOf(
  before: RolloutState,
  event: AuditedEvent,
  after: RolloutState,
  steps: readonly Step[],
): string {
  switch (event.kind) {
    case 'entered':
      return event.reason === undefined || event.reason === '' ? `${WAITS}${after.waitingFor}` : event.reason;
    case 'stepStarted':
      return stepStarted(event, steps);
    case 'splitProven':
      return (
        `the organisation shows split ${splitText(event.percent, event.of)}` +
        (event.percent === 0 && before.splitPercent > 0 ? `: ${servesAgain(before)}` : '')
      );
    case 'judged':
      return judgedText(event.report);
    case 'drifted':
      return driftedText(event);
    case 'baselineAsked':
      return event.drift.message;
    case 'baselineAccepted':
      return 'the baseline is gone back to as it is now';
    case 'sighted':
      return 'a judge that can act looks again';
    case 'lapsed':
      return event.reason;
    case 'refused':
      return event.why;
    case 'refusedMore':
      return `and ${event.more} more acts were refused`;
    case 'reminded':
      return `${formatDuration(event.leftMs)} are left for ${after.waitingFor}`;
    case 'hookAnswered':
      return hookText(event);
    case 'notified':
      return event.message;
    case 'longWatchBegun':
      return `${WAITS}${after.waitingFor}`;
    case 'windowClosed':
      return `the calendar lets no split rise: ${event.why}`;
    case 'windowOpened':
      return `the calendar lets it go on: ${event.why}`;
    case 'promotionBegun':
      return `the promotion begins: ${after.decision?.reason ?? after.reason}`;
    case 'setBack':
      return event.differs.message;
    case 'blinded':
    case 'autoPaused':
    case 'undoBegun':
    case 'ended':
      return event.reason;
    case 'acted':
      return event.override !== undefined
        ? overrideText(event.override)
        : `${event.over === undefined ? '' : `over ${event.over.text}: `}${event.reason}`;
  }
}

function servesAgain({ deployment }: RolloutState): string {
  return deployment !== null && deployment.baseline === null ? 'no card is shown' : 'the baseline serves alone again';
}

/** What a hook decided, and what it says of it. */
/** The sentence of a guardrail has the verdict after its name already. */
function judgedText({ verdict, reason }: JudgeReport): string {
  return reason.includes(`${verdict}: `) ? reason : `${verdict}: ${reason}`;
}

export function hookText({ place, decision, reason }: Extract<AuditedEvent, { kind: 'hookAnswered' }>): string {
  return `${place} ${decision === 'confirm' ? 'confirms' : 'refuses'}${reason === '' ? '' : `: ${reason}`}`;
}

/** It stands there until something else happens, also when what was found is long put right. */
export function driftedText({ drift, reasserted }: Extract<AuditedEvent, { kind: 'drifted' }>): string {
  return reasserted ? `${drift.message} What the rollout left there is written again.` : drift.message;
}

/** What the audit log calls it. */
export function actOf(event: AuditedEvent): string {
  return event.kind === 'acted' ? event.act : event.kind === 'entered' ? event.phase : event.kind;
}

/** Who stands beside the act: a person, the engine, or whoever cancelled through Temporal. */
export function actorOf(event: AuditedEvent, actor: string): string {
  const isCancel = event.kind !== 'acted' && 'reason' in event && isCancelled(event.reason ?? '');
  return isCancel ? THROUGH_TEMPORAL : actor;
}

function isCancelled(reason: string): boolean {
  return reason === CANCELLED || reason === CANCELLED_BEFORE || reason.startsWith(CANCELLED_BEFORE_SERVING);
}

const REFUSED = 'Preflight found ';

/** Why a rollout is rejected for what preflight found. */
export function preflightRefusal(errors: readonly Problem[]): string {
  const found = errors.map((problem) => `${problem.code} at ${problem.path}: ${problem.message}`).join('; ');
  return `${REFUSED}${errors.length} ${errors.length === 1 ? 'problem' : 'problems'}: ${found}`;
}

/** Did preflight itself refuse? Then nothing may say of that rollout that it passed. */
export function isPreflightRefusal(reason: string): boolean {
  return reason.startsWith(REFUSED);
}

function stepStarted(
  { step, passed = [] }: Extract<AuditedEvent, { kind: 'stepStarted' }>,
  steps: readonly Step[],
): string {
  const started = steps[step];
  const over = passed.length === 0 ? '' : ` (a promotion passes over ${passed.map((one) => one + 1).join(', ')})`;
  const end = over === '' ? `all ${steps.length} steps are done` : 'no step is left';
  return `${started === undefined ? end : `step ${step + 1} of ${steps.length}: ${stepLabel(started)}`}${over}`;
}

const STEP = /^step (\d+) of \d+: /;

/** Which step the reason of a `stepStarted` names, 0 the first; null: none is left to start. */
export function startedStep(reason: string): number | null {
  const number = STEP.exec(reason)?.[1];
  return number === undefined ? null : Number(number) - 1;
}
