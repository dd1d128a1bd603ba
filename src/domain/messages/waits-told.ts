/** What waits for a person. */
import type { PauseCause } from '../rollout/state.ts';
import { formatDuration } from '../shared/duration.ts';
import type { Message } from './message.ts';
import type { Told } from './told.ts';
import { instantText } from './text.ts';
import { commandsFor, judged, message, splitOf, untilAfter } from './told.ts';

export function approvalWaits(told: Told): Message {
  const step = told.plan.steps[told.after.step];
  const ms = step?.kind === 'approve' ? step.timeoutMs : told.plan.policies.limits.heldMs;
  const until = untilAfter(told, ms, step?.kind === 'approve' && step.onTimeout === 'rollback' ? 'roll back' : 'hold');
  return message(told, {
    event: 'approvalWaits',
    severity: 'action',
    said: 'waits for an approval',
    what: `It stands at split ${splitOf(told)} and waits for ${told.status.waitingFor}.`,
    ...judged(told),
    next: orNothing(until),
    until,
    commands: commandsFor(told, ['approve', 'abort']),
  });
}

/** What becomes of it without an answer: at night that is often the better one. */
function orNothing(until: Message['until']): string {
  const live = 'Guardrails stay live meanwhile.';
  if (until === null) return `Approve, or abort. ${live}`;
  const at = instantText(until.at);
  const then =
    until.action === 'roll back' ? `it rolls back at ${at}` : `at ${at} it is held, and a person is asked again`;
  return `Approve, or do nothing: ${then}. ${live}`;
}

export function windowClosed(told: Told): Message {
  return message(told, {
    event: 'windowClosed',
    severity: 'info',
    said: 'waits for a change window',
    what: `It stays at split ${splitOf(told)}; guardrails stay live.`,
    why: told.after.closedWindow?.why ?? null,
    next: `It goes on by itself; then it waits for ${told.after.waitingFor}.`,
    until: untilAfter(
      told,
      told.plan.policies.limits.windowMs,
      told.after.deployment === null ? 'reject' : 'roll back',
    ),
    commands: commandsFor(told, ['status', 'abort']),
  });
}

export function reminded(told: Told, leftMs: number): Message {
  const { deadline, waitingFor } = told.status;
  const until = deadline == null ? null : { at: deadline.at, action: deadline.action };
  return message(told, {
    event: 'approvalReminder',
    severity: 'action',
    said: `still waits for an approval: ${formatDuration(leftMs)} left`,
    what: `It stands at split ${splitOf(told)} and waits for ${waitingFor}.`,
    ...judged(told),
    next: orNothing(until),
    until,
    commands: commandsFor(told, ['approve', 'abort']),
  });
}

export function held(told: Told): Message {
  const { asksApproval } = told.after;
  return message(told, {
    event: asksApproval ? 'approvalOverdue' : 'held',
    severity: 'action',
    what: `It stays at split ${splitOf(told)} and waits for ${told.status.waitingFor}.`,
    ...judged(told, told.status.reason),
    ...heldWords(told),
    until: untilAfter(told, told.plan.policies.limits.heldMs, 'roll back'),
    commands: commandsFor(told, ['approve', 'advance', 'promote', 'abort']),
  });
}

/** What lets it go on: a bake is judged on, a hook that has decided is not asked again. */
function heldWords({ plan, after }: Told): { readonly said: string; readonly next: string } {
  if (after.asksApproval) return { said: 'is held: its approval is overdue', next: 'With an approval it goes on.' };
  return plan.steps[after.step]?.kind === 'hook'
    ? { said: 'is held: a person is needed', next: 'A person decides; the hook is not asked again.' }
    : {
        said: 'is held: proof or a person is needed',
        next: 'With proof it goes on by itself, or a person decides.',
      };
}

export function paused(told: Told, cause: PauseCause): Message {
  const byPerson = cause === 'person';
  return message(told, {
    event: 'paused',
    severity: byPerson ? 'action' : 'warning',
    said: `is paused: ${pauseText(cause)}`,
    what: `It stays at split ${splitOf(told)}; guardrails stay live.`,
    ...judged(told, told.status.reason),
    next: `A resume lets it go on; then it waits for ${told.after.waitingFor}.`,
    until: untilAfter(told, told.plan.policies.limits.pauseMs, 'roll back'),
    commands: commandsFor(told, ['resume', 'abort']),
    alert: byPerson ? null : { key: told.facts.rolloutId, state: 'open' },
  });
}

function pauseText(cause: PauseCause): string {
  switch (cause) {
    case 'person':
      return 'a person asked for it';
    case 'noData':
      return 'no data come';
    case 'untrusted':
      return 'its data cannot be trusted';
    case 'blind':
      return 'no judge can look';
    case 'setBack':
      return 'the database was restored to an older state';
    case 'alarm':
      return 'a guardrail that pauses says harm';
    case 'stepCards':
    case 'rolloutCards':
      return 'as many cards as the plan allows were shown without a verdict';
    default:
      return 'another hand has changed the organisation';
  }
}
