/**
 * What a person is told of a transition; null where there is nothing that they must know. Pure. It says what the status
 * says at that moment, in the same words and figures.
 */
import type { AuditedEvent } from '../rollout/events.ts';
import type { PastDiffers } from '../rollout/past.ts';
import { statusOf } from '../rollout/view.ts';
import { acted, lapsed, refused } from './acts-told.ts';
import { ended, needsAttention, rollingBack, servesAll } from './ends-told.ts';
import type { Message } from './message.ts';
import type { Told, Transition } from './told.ts';
import { approvalWaits, held, paused, reminded, windowClosed } from './waits-told.ts';
import { claimOf, commandsFor, judged, message, orNull, seenIn, splitOf, untilAfter } from './told.ts';

export function messageFor(transition: Transition): Message | null {
  const told: Told = { ...transition, status: statusOf(transition.facts, transition.after) };
  const { event } = told;
  switch (event.kind) {
    case 'entered':
      return entered(told, event);
    case 'autoPaused':
      return paused(told, event.cause);
    case 'drifted':
      // What is not put right by itself pauses, and that is told.
      return event.reasserted ? reasserted(told) : null;
    case 'blinded':
      return blinded(told, event.reason);
    case 'sighted':
      return sighted(told);
    case 'reminded':
      return reminded(told, event.leftMs);
    case 'windowClosed':
      return windowClosed(told);
    case 'notified':
      return notified(told, event);
    case 'setBack':
      return setBack(told, event.differs);
    case 'longWatchBegun':
      return servesAll(told);
    case 'ended':
      return ended(told, event.outcome);
    case 'acted':
      return acted(told, event);
    case 'lapsed':
      return lapsed(told, event.reason);
    case 'refused':
      return refused(told, event);
    // Each is part of something that is told.
    case 'stepStarted':
    case 'splitProven':
    case 'judged':
    case 'hookAnswered':
    case 'baselineAsked':
    case 'baselineAccepted':
    case 'promotionBegun':
    case 'refusedMore':
    case 'windowOpened':
    case 'undoBegun':
      return null;
  }
}

type Entered = Extract<AuditedEvent, { kind: 'entered' }>;

function entered(told: Told, event: Entered): Message | null {
  switch (event.phase) {
    case 'validating':
      return started(told);
    case 'deploying':
      return event.reason === undefined ? null : warned(told, event.reason);
    case 'awaitingApproval':
      return approvalWaits(told);
    case 'held':
      return held(told);
    case 'rollingBack':
      return told.before.phase === 'rollingBack' ? null : rollingBack(told);
    case 'needsAttention':
      // The same trouble again is no news.
      return told.before.phase === 'needsAttention' && told.before.waitingFor === told.after.waitingFor
        ? null
        : needsAttention(told);
    default:
      return null;
  }
}

function started(told: Told): Message {
  const { startedBy, facts, status } = told;
  return message(told, {
    event: 'started',
    severity: 'info',
    said: `is being rolled out by ${startedBy}`,
    what: `${startedBy} started the rollout of ${facts.action} v${facts.version}.`,
    ...claimOf(told.proof),
    why: orNull(status.reason),
    next: `Preflight and deployment; then ${status.steps.map(({ label }) => label).join(', ')}.`,
    until: untilAfter(told, told.plan.policies.limits.prepareMs, 'reject'),
    commands: commandsFor(told, ['watch']),
  });
}

function warned(told: Told, reason: string): Message {
  return message(told, {
    event: 'warned',
    severity: 'info',
    said: 'goes on with a warning of preflight',
    what: 'Preflight let the plan pass, with a warning.',
    why: reason,
    next: `It waits for ${told.status.waitingFor}.`,
    commands: commandsFor(told, ['status', 'abort']),
  });
}

/** In the words of the plan's author, who may name a route beside those that match. */
function notified(told: Told, { message: words, to }: Extract<AuditedEvent, { kind: 'notified' }>): Message {
  const said = message(told, {
    event: 'notified',
    severity: 'info',
    said: `: ${words.replaceAll(/\s+/g, ' ')}`,
    what: words,
    ...judged(told),
    next: `It stands at split ${splitOf(told)}, and goes on to the next step.`,
    commands: commandsFor(told, ['status']),
  });
  return { ...said, routes: to === null || said.routes.includes(to) ? said.routes : [...said.routes, to] };
}

function reasserted(told: Told): Message {
  return message(told, {
    event: 'drift',
    severity: 'warning',
    said: 'was changed by another hand, and is put right',
    what: 'The organisation shows something else than the rollout left there.',
    why: orNull(told.status.reason),
    next: `It goes on, and waits for ${told.status.waitingFor}.`,
    commands: commandsFor(told, ['status', 'pause', 'abort']),
  });
}

/** Where it goes on, the pause or the roll back tells of it. */
function setBack(told: Told, differs: PastDiffers): Message | null {
  if (differs.kind === 'databaseBehind' || differs.end === null) return null;
  return message(told, {
    event: 'setBack',
    severity: 'warning',
    said: 'came back with an older state of Temporal, and is over',
    what: 'Nothing was written to the organisation.',
    why: differs.message,
    next: 'The guardian brings back what nobody watches; `doctor` says what else was set back.',
    commands: commandsFor(told, ['status']),
  });
}

function blinded(told: Told, reason: string): Message {
  const { afterMs, do: then } = told.plan.policies.onBlind;
  return message(told, {
    event: 'blind',
    severity: 'warning',
    said: 'is not watched: no judge that can act looks',
    what: `Agents see it in ${seenIn(told)}.`,
    why: reason,
    next: 'The watch is tried again and again.',
    until:
      told.status.splitPercent === 0 ? null : untilAfter(told, afterMs, then === 'rollback' ? 'roll back' : 'pause'),
    commands: commandsFor(told, ['status', 'abort']),
    alert: { key: told.facts.rolloutId, state: 'open' },
  });
}

function sighted(told: Told): Message {
  return message(told, {
    event: 'sighted',
    severity: 'info',
    said: 'is watched again',
    what: 'A judge that can act looks again.',
    next: `It waits for ${told.status.waitingFor}.`,
    alert: told.after.paused ? null : { key: told.facts.rolloutId, state: 'over' },
  });
}
