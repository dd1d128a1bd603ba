/** What a person is told of the guardian's deeds. Pure. */
import type { GuardianFinding } from '../guardian/finding.ts';
import type { Recovery } from '../guardian/recovery.ts';
import { recoverySentence } from '../guardian/recovery.ts';
import { rolloutWorkflowId } from '../rollout/workflow-id.ts';
import { lookCommand, recoverCommand, retryCommand } from './commands.ts';
import type { Message } from './message.ts';

/** The same finding of another look has the same alert. */
export function messageOfFinding(
  finding: Pick<
    GuardianFinding,
    | 'kind'
    | 'remedy'
    | 'action'
    | 'version'
    | 'rolloutId'
    | 'workflowId'
    | 'waves'
    | 'sentence'
    | 'wayOut'
    | 'key'
    | 'isShown'
  >,
  atMs: number,
): Message {
  const {
    kind,
    remedy,
    action,
    version,
    rolloutId,
    workflowId = null,
    waves,
    sentence,
    wayOut,
    isShown = false,
  } = finding;
  const isOver = remedy === 'close';
  return {
    ...of({ action, version, rolloutId, workflowId }, atMs),
    event: 'guardian',
    severity: isOver && !isShown ? 'info' : isGrave(finding) ? 'alert' : 'warning',
    headline: `${aboutText(action, version, waves)}: ${kind === 'frozen' && waves !== undefined ? 'they do nothing any more' : SAID[kind]}`,
    what: sentence,
    next: wayOut,
    commands: action === null ? [] : commandsOf(finding, action),
    alert: isOver ? overOf(rolloutId, isShown) : { key: `guardian/${finding.key}`, state: 'open' },
  };
}

/** The rollout itself can say no more that it is over; while agents see its version it is not. */
function overOf(rolloutId: string | null, isShown: boolean): Message['alert'] {
  return rolloutId === null || isShown ? null : { key: rolloutId, state: 'over' };
}

/** Of waves that do nothing each rollout goes on by itself. */
function isGrave({ kind, waves }: Pick<GuardianFinding, 'kind' | 'waves'>): boolean {
  return kind === 'unwatched' || (kind === 'frozen' && waves === undefined);
}

function aboutText(action: string | null, version: string | null, waves: GuardianFinding['waves']): string {
  if (waves !== undefined) return `The waves ${waves.name}`;
  return action === null ? 'The guardian' : named(action, version);
}

function commandsOf(
  { kind, isShown = false }: Pick<GuardianFinding, 'kind' | 'isShown'>,
  action: string,
): readonly string[] {
  const look = lookCommand('status', action);
  if (kind === 'unwatched') return [recoverCommand(action), look];
  return kind === 'lostRun' && !isShown ? [look, retryCommand(action)] : [look];
}

const SAID: Readonly<Record<GuardianFinding['kind'], string>> = {
  unwatched: 'nobody watches what agents see',
  frozen: 'the rollout does nothing any more',
  blind: 'its watch does not see anything',
  setBack: 'the rollout and its record do not remember the same',
  otherCandidate: 'another candidate is before agents',
  foreign: 'a candidate that no rollout made is before agents',
  lostRun: 'a rollout ended without a word',
  lostBuild: 'nobody runs the build that does it',
  export: 'its events do not come',
  unseen: 'the organisation cannot be looked at',
};

/** `rolloutId`: the one whose baseline it kept away. */
export function messageOfFreed(
  { action, rolloutId, reason }: { action: string; rolloutId: string | null; reason: string },
  atMs: number,
): Message {
  const workflowId = rolloutId === null ? null : rolloutWorkflowId(action);
  return {
    ...of({ action, version: null, rolloutId, workflowId }, atMs),
    event: 'guardian',
    severity: 'warning',
    headline: `${action}: something kept its recovery from beginning`,
    what: reason,
    next: 'Find out who began it; the recovery begins now.',
  };
}

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
      ...of({ action, version: null, rolloutId: null, workflowId: null }, atMs),
      event: 'refused',
      severity: 'info',
      headline: `${action}: recover by ${by} was refused`,
      what: 'Nothing was changed.',
      why: recovery.why,
      next: 'Nothing: who may recover does it again.',
    };
  const { rolloutId } = recovery;
  // Temporal knows the run that a recovery names.
  const workflowId = rolloutId === null ? null : rolloutWorkflowId(action);
  const common = { ...of({ action, version: null, rolloutId, workflowId }, atMs), why: reason };
  const what = whatOf(recoverySentence(action, recovery), recovery.why, reason);
  switch (recovery.kind) {
    case 'restored':
      return {
        ...common,
        event: 'restored',
        severity: 'alert',
        headline: `${action}: the baseline was brought back by ${by}`,
        what,
        next: afterRestored(recovery),
        commands: isOpen(recovery)
          ? [lookCommand('status', action)]
          : [retryCommand(action), lookCommand('status', action)],
        // The alert of the rollout, if it called somebody, tells on of how it ended; whoever has looked resolves it.
        alert: { key: rolloutId ?? `guardian/restored/${action}/`, state: 'open' },
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
        commands: [recoverCommand(action), lookCommand('status', action)],
        alert: { key: `guardian/needsPerson/${action}`, state: 'open' },
      };
  }
}

/** Why stands in its own line where the guardian gives it as its reason. */
function whatOf(sentence: string, why: string, reason: string): string {
  const isSaid = reason.includes(why.slice(1, -1)) && sentence.length > why.length;
  return isSaid ? sentence.slice(why.length).trimStart() : sentence;
}

type Restored = Extract<Recovery, { kind: 'restored' }>;

function afterRestored(recovery: Restored): string {
  const left = 'Nothing is before agents but the baseline';
  if (recovery.byHand === true) return `${left}. If the rollout shall go on, \`retry\` starts it again.`;
  return isOpen(recovery)
    ? `${left}; put right what the workers run, and the rollout ends by itself.`
    : `${left}; find out why nobody watched, then start it again.`;
}

/** Its run goes on as soon as it can. */
function isOpen({ ended, rolloutId }: Restored): boolean {
  return ended === null && rolloutId !== null;
}

function of(about: Pick<Message, 'action' | 'version' | 'rolloutId' | 'workflowId'>, atMs: number) {
  const { action } = about;
  return {
    ...about,
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
