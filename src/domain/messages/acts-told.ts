/** What people did. */
import { isApproved } from '../rollout/acts.ts';
import { overrideText } from '../rollout/overrides.ts';
import type { AuditedEvent } from '../rollout/events.ts';
import type { Message } from './message.ts';
import type { Told } from './told.ts';
import { claimOf, commandsFor, figuresOf, message, splitOf } from './told.ts';
import { paused } from './waits-told.ts';

type Acted = Extract<AuditedEvent, { kind: 'acted' }>;

/** An abort, and a promotion that is asked for while one is under way, are told by what follows. */
export function acted(told: Told, { act, by, reason, over, override }: Acted): Message | null {
  const { after, facts, status } = told;
  const claim = claimOf(told.proof);
  const said = { why: `${act} by ${by}: ${reason}`, next: `It waits for ${status.waitingFor}.`, ...claim };
  switch (act) {
    case 'pause':
      return { ...paused(told, 'person'), ...claim, headline: `${facts.action} v${facts.version} is paused by ${by}` };
    case 'resume':
      return message(told, {
        event: 'resumed',
        severity: 'info',
        said: `goes on: resumed by ${by}`,
        what: `It stands at split ${splitOf(told)}.`,
        ...said,
        alert: after.blind === null ? { key: facts.rolloutId, state: 'over' } : null,
      });
    case 'approve':
      return message(told, {
        event: 'approved',
        severity: 'info',
        said: `is approved by ${by}`,
        what: `${isApproved(after) ? 'It goes on from' : 'It stays at'} split ${splitOf(told)}.`,
        ...said,
        ...(isApproved(after) && { next: 'The next step.' }),
      });
    case 'withdraw':
      return message(told, {
        event: 'withdrawn',
        severity: 'action',
        said: `is approved no longer by ${by}`,
        what: `It stays at split ${splitOf(told)}.`,
        ...said,
        commands: commandsFor(told, ['approve', 'abort']),
      });
    case 'advance':
      return message(told, {
        event: 'advanced',
        severity: 'info',
        said: `leaves its step early: advanced by ${by}`,
        what: `It goes on from split ${splitOf(told)} before what it waited for.`,
        ...said,
        next: 'The next step.',
      });
    case 'promote':
      return message(told, {
        event: 'promoteAsked',
        severity: 'warning',
        said: `is to be promoted now, says ${by}${over === undefined ? '' : `, over ${over.text}`}`,
        what:
          `The steps that are left are skipped, from split ${splitOf(told)} on.` +
          (over === undefined ? '' : ' It is NOT proven safe: this is an override on record.'),
        ...said,
        figures: figuresOf(status.report, ''),
        next: `${hasHookToCome(told) ? 'Hooks that are still to come are asked, then the promotion' : 'The promotion'}; harm would still roll it back.`,
        commands: commandsFor(told, ['watch', 'abort']),
      });
    case 'override':
      return message(told, {
        event: 'overridden',
        severity: 'warning',
        said: `has an override: ${by} lets ${letPass(override)} pass`,
        what: `${override === undefined ? '' : overrideText(override)}.`,
        ...said,
        figures: figuresOf(status.report, ''),
        next: `It waits for ${status.waitingFor}. ${override?.kind === 'harm' ? 'Worse harm than was shown' : 'Harm'} still rolls it back.`,
        commands: commandsFor(told, ['watch', 'abort']),
      });
    case 'abort':
      return null;
  }
}

function hasHookToCome({ plan: { steps }, after: { step } }: Told): boolean {
  return steps.slice(step).some(({ kind }) => kind === 'hook');
}

function letPass(override: Acted['override']): string {
  if (override?.kind === 'harm') return `harm of ${override.figures}`;
  return override?.kind === 'window' ? 'a closed change window' : 'approvals';
}

export function lapsed(told: Told, reason: string): Message {
  return message(told, {
    event: 'lapsed',
    severity: 'action',
    said: 'is not promoted now: what was asked for holds no longer',
    what: `It stays at split ${splitOf(told)}.`,
    why: reason,
    next: `It waits for ${told.status.waitingFor}.`,
    commands: commandsFor(told, ['promote', 'abort']),
  });
}

/** An act that changed nothing: somebody tried, and may not, or not now. */
export function refused(told: Told, { act, by, why }: Extract<AuditedEvent, { kind: 'refused' }>): Message {
  return message(told, {
    event: 'refused',
    severity: 'info',
    said: `${told.status.outcome === null ? 'goes on' : 'is over'}: ${act} by ${by} was refused`,
    what: 'Nothing was changed.',
    ...claimOf(told.proof),
    why,
    next: told.status.outcome === null ? `It waits for ${told.status.waitingFor}.` : 'Nothing is to be done.',
  });
}
