/** How it ends, and the way there. */
import { CANCELLED_BEFORE } from '../rollout/audit-reason.ts';
import { proofText, timeToSafetyText, timeToUndoText } from '../rollout/outcome-text.ts';
import type { Outcome } from '../rollout/status.ts';
import type { Message } from './message.ts';
import type { Told } from './told.ts';
import { lookCommand, reportCommand } from './commands.ts';
import { judgedText } from './judged-told.ts';
import { capital, commandsFor, figuresOf, message, orNull, seenIn } from './told.ts';

export function rollingBack(told: Told): Message {
  const { after } = told;
  return message(told, {
    event: after.harmed ? 'harm' : 'rollingBack',
    severity: after.harmed ? 'alert' : 'warning',
    said: after.harmed ? 'does harm, and is being rolled back' : 'is being rolled back',
    what: `Agents see it in ${seenIn(told)}, until that is taken back.`,
    ...(after.harmed ? harmed(told) : undoing(told)),
    alert: { key: told.facts.rolloutId, state: 'open' },
    commands: commandsFor(told, ['watch']),
  });
}

type Said = Pick<Message, 'why' | 'figures' | 'next'>;

function undoing({ status }: Told): Said {
  return {
    why: orNull(status.reason),
    figures: figuresOf(status.report, status.reason),
    next: `It waits for ${status.waitingFor}, and is tried until that is proven.`,
  };
}

/** Whoever is woken reads what harms, and that nobody waits for them. */
function harmed({ status: { report, reason } }: Told): Said {
  const isShown = report?.verdict === 'harm';
  return {
    why: isShown ? judgedText(report) : orNull(reason),
    figures: isShown && reason !== '' ? [reason] : [],
    next: 'Nothing for you to do: it is taken back by itself, and you will be told.',
  };
}

export function needsAttention(told: Told): Message {
  return message(told, {
    event: 'needsAttention',
    severity: 'alert',
    said: 'needs a person: its roll back is not confirmed',
    what: `It waits for ${told.status.waitingFor}`,
    why: orNull(told.status.reason),
    next: 'It is tried for ever, and told when it is proven.',
    alert: { key: told.facts.rolloutId, state: 'open' },
    commands: commandsFor(told, ['status', 'abort']),
  });
}

export function servesAll(told: Told): Message {
  return message(told, {
    event: 'servesAll',
    severity: 'info',
    said: 'serves everybody, and is watched on',
    what: `v${told.facts.version} serves everybody; ${proofText(told.after.safety)}.`,
    why: told.after.decision?.reason ?? null,
    figures: figuresOf(told.after.decision?.report ?? null, told.after.decision?.reason ?? ''),
    next: `It waits for ${told.status.waitingFor}.`,
    commands: commandsFor(told, ['status', 'abort']),
  });
}

export function ended(told: Told, outcome: Outcome): Message {
  const { status, facts } = told;
  const { reason, report } = status;
  if (outcome === 'rejected' && facts.isUndo === true) return undoRefused(told);
  return message(told, {
    event: outcome,
    why: orNull(reason),
    figures: figuresOf(report, reason),
    next: 'Nothing: the rollout is over.',
    alert: { key: facts.rolloutId, state: 'over' },
    commands: [
      lookCommand('status', facts.action),
      ...(outcome === 'rejected' ? [] : [reportCommand(facts.action, facts.rolloutId)]),
    ],
    ...endWords(told, outcome),
  });
}

/** What serves is the version that was not undone, so nothing of it is rejected. */
function undoRefused(told: Told): Message {
  const { facts, startedBy, status } = told;
  const refused = message(told, {
    event: 'rejected',
    severity: 'warning',
    said: '',
    what: 'What served before goes on serving.',
    why: orNull(status.reason),
    next: 'Nothing by itself; the history says what was proven, and what can be gone back to.',
    alert: { key: facts.rolloutId, state: 'over' },
    commands: [lookCommand('history', facts.action), lookCommand('status', facts.action)],
  });
  return { ...refused, headline: `${facts.action}: the undo by ${startedBy} was refused, and nothing was changed` };
}

function endWords(
  { facts, status, after }: Told,
  outcome: Outcome,
): Pick<Message, 'severity' | 'what'> & Partial<Pick<Message, 'next'>> & { readonly said: string } {
  const { safety, baselineVersion } = status;
  const proof = proofText(safety);
  const timeText = outcome === 'undone' ? timeToUndoText : timeToSafetyText;
  const time = safety === null ? '' : ` ${capital(timeText(safety))}.`;
  switch (outcome) {
    case 'promoted':
      return { severity: 'info', said: 'is promoted', what: `v${facts.version} serves everybody; ${proof}.` };
    case 'retired':
      return { severity: 'info', said: 'is retired', what: `No card is shown in its place; ${proof}.` };
    case 'rejected':
      return {
        severity: 'warning',
        said: `${isCalledOff(after) ? 'is called off' : 'is rejected'}: nothing that serves was changed`,
        what: 'The rollout ended before anybody saw the version.',
        next: isCalledOff(after)
          ? 'Nothing: start it again if it is still wanted.'
          : 'Nothing: mend what is named, and start it again.',
      };
    case 'undone':
      return {
        severity: 'warning',
        said: 'is undone',
        what: `${baselineVersion === null ? 'No card is shown' : `v${baselineVersion} serves`}, as was proven before; ${proof}.${time}`,
      };
    case 'rolledBack': {
      const baseline = baselineVersion === null ? 'no card is shown again' : `v${baselineVersion} serves`;
      return {
        severity: 'warning',
        said: `is rolled back: ${baseline}`,
        what: `${capital(baseline)}; ${proof}.${time}`,
      };
    }
  }
}

/** Nothing was wrong with it: a person wanted it no more before it began. */
function isCalledOff({ request, reason }: Told['after']): boolean {
  return request?.kind === 'abort' || reason === CANCELLED_BEFORE;
}
