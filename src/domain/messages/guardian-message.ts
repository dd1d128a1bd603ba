/** What a person is told of the guardian's deeds. Pure. */
import type { GuardianFinding } from '../guardian/findings.ts';
import type { Recovery } from '../guardian/recovery.ts';
import { recoverySentence } from '../guardian/recovery.ts';
import { lookCommand } from './commands.ts';
import type { Message } from './message.ts';

/** The same finding of another look has the same alert. */
export function messageOfFinding(
  finding: Pick<
    GuardianFinding,
    'kind' | 'remedy' | 'action' | 'version' | 'rolloutId' | 'sentence' | 'wayOut' | 'key'
  >,
  atMs: number,
): Message {
  const { kind, remedy, action, version, rolloutId, sentence, wayOut } = finding;
  const isOver = remedy === 'close';
  return {
    ...of(action, version, rolloutId, atMs),
    event: 'guardian',
    severity: isOver ? 'info' : kind === 'unwatched' || kind === 'frozen' ? 'alert' : 'warning',
    headline: `${action === null ? 'The guardian' : named(action, version)}: ${SAID[kind]}`,
    what: sentence,
    next: wayOut,
    alert: isOver ? null : { key: `guardian/${finding.key}`, state: 'open' },
  };
}

const SAID: Readonly<Record<GuardianFinding['kind'], string>> = {
  unwatched: 'nobody watches what agents see',
  frozen: 'the rollout does nothing any more',
  blind: 'its watch does not see anything',
  otherCandidate: 'another candidate is before agents',
  foreign: 'a candidate that no rollout made is before agents',
  lostRun: 'a rollout ended without a word',
  export: 'its events do not come',
  unseen: 'the organisation cannot be looked at',
};

/** Null: nothing was done, and nothing is to be done. */
export function messageOfRecovery(
  {
    action,
    by,
    reason,
    recovery,
  }: { action: string; by: string; reason: string; recovery: Recovery | { kind: 'refused'; why: string } },
  atMs: number,
): Message | null {
  if (recovery.kind === 'watched' || (recovery.kind === 'nothing' && by === 'guardian')) return null;
  if (recovery.kind === 'refused')
    return {
      ...of(action, null, null, atMs),
      event: 'refused',
      severity: 'info',
      headline: `${action}: recover by ${by} was refused`,
      what: 'Nothing was changed.',
      why: recovery.why,
      next: 'Nothing: who may recover does it again.',
    };
  const common = { ...of(action, null, recovery.rolloutId, atMs), why: reason };
  const what = recoverySentence(action, recovery);
  switch (recovery.kind) {
    case 'restored':
      return {
        ...common,
        event: 'restored',
        severity: 'alert',
        headline: `${action}: the baseline was brought back by ${by}`,
        what,
        next: 'Nothing is before agents but the baseline; find out why nobody watched, then start again.',
        alert: { key: `guardian/restored/${action}/${recovery.rolloutId ?? ''}`, state: 'open' },
      };
    case 'nothing':
      return {
        ...common,
        event: 'recovered',
        severity: 'info',
        headline: `${action}: nothing was to be brought back`,
        what,
        next: 'Nothing.',
      };
    case 'needsPerson':
      return {
        ...common,
        event: 'needsAttention',
        severity: 'alert',
        headline: `${action} needs a person: the baseline cannot be brought back`,
        what,
        next: 'See who else changes the organisation, then run the recovery.',
        commands: [`assist-rollouts recover ${JSON.stringify(action)} --reason "…"`, lookCommand('status', action)],
        alert: { key: `guardian/needsPerson/${action}`, state: 'open' },
      };
  }
}

function of(action: string | null, version: string | null, rolloutId: string | null, atMs: number) {
  return {
    action,
    version,
    rolloutId,
    workflowId: null,
    atMs,
    why: null,
    figures: [],
    until: null,
    commands: action === null ? [] : [lookCommand('status', action)],
    alert: null,
    routes: [],
  } as const;
}

function named(action: string, version: string | null): string {
  return version === null ? action : `${action} v${version}`;
}
