/** What a person is told when splits are frozen by hand, or let go again. Pure. */
import type { FreezeScope } from '../calendar/freeze.ts';
import { scopeText } from '../calendar/freeze.ts';
import type { Message } from './message.ts';
import { claimOf } from './told.ts';

export interface FreezeTold {
  /** What was asked for. */
  readonly act: 'freeze' | 'unfreeze';
  readonly scope: FreezeScope;
  readonly by: string;
  readonly verifiedBy: string | null;
  readonly reason: string;
  /** ISO instant at which a freeze ends by itself. */
  readonly until?: string;
  /** Why it was not done; absent: it was. */
  readonly refused?: string;
}

export function messageOfFreeze(
  { act, scope, by, verifiedBy, reason, until, refused }: FreezeTold,
  atMs: number,
): Message {
  const common = {
    action: scope.kind === 'action' ? scope.name : null,
    version: null,
    rolloutId: null,
    workflowId: null,
    atMs,
    figures: [],
    until: null,
    commands: ['assist-rollouts freeze list'],
    alert: null,
    routes: [],
    ...claimOf({ verifiedBy }),
  } as const;
  const place = scopeText(scope);
  if (refused !== undefined)
    return {
      ...common,
      event: 'refused',
      severity: 'info',
      headline: `${act} of ${place} by ${by} was refused`,
      what: 'Nothing was changed.',
      why: refused,
      next: 'Nothing.',
    };
  return act === 'freeze'
    ? {
        ...common,
        event: 'frozen',
        severity: 'info',
        headline: `${place}: splits are frozen by ${by}`,
        what: 'No split rises there; guardrails, roll backs and acts of people go on.',
        why: reason,
        next: 'What waits to rise goes on when the freeze is over, or lifted.',
        until: until === undefined ? null : { at: until, action: 'it is over' },
      }
    : {
        ...common,
        event: 'unfrozen',
        severity: 'info',
        headline: `${place}: the freeze was lifted by ${by}`,
        what: 'Splits may rise there again.',
        why: reason,
        next: 'What waited goes on, as the calendar lets it.',
      };
}
