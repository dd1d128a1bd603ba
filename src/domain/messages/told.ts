/** What all messages of a rollout are made with. */
import { CLAIMED } from '../identity/actor.ts';
import type { JudgeReport } from '../judge/types.ts';
import { aboutLines } from '../plan/about.ts';
import type { Plan } from '../plan/plan.ts';
import type { AuditedEvent } from '../rollout/events.ts';
import type { RolloutState } from '../rollout/state.ts';
import type { RolloutFacts, RolloutStatus } from '../rollout/view.ts';
import { shownOptions } from '../rollout/shown.ts';
import { shareText, splitText } from '../split/audience.ts';
import { actCommand, lookCommand } from './commands.ts';
import { judgedText } from './judged-told.ts';
import type { Message } from './message.ts';

export interface Transition {
  readonly facts: RolloutFacts;
  readonly plan: Pick<Plan, 'policies' | 'steps' | 'notify'>;
  readonly startedBy: string;
  /** How it is known who acted, or started it; absent: nobody did. */
  readonly proof?: { readonly verifiedBy: string | null };
  /** The states around the event. */
  readonly before: RolloutState;
  readonly event: AuditedEvent;
  readonly after: RolloutState;
  /** ms since the epoch */
  readonly atMs: number;
}

/** The transition, and what the status says after it. */
export interface Told extends Transition {
  readonly status: RolloutStatus;
}

type Words = Pick<Message, 'event' | 'severity' | 'what' | 'next'> &
  Partial<Pick<Message, 'why' | 'figures' | 'until' | 'commands' | 'alert' | 'claim'>> & {
    /** Behind the version's name. */
    readonly said: string;
  };

export function message({ facts, plan, atMs }: Told, { said, ...words }: Words): Message {
  const { action, version, rolloutId, workflowId } = facts;
  const about = aboutLines(facts);
  const isAsked = words.event === 'started' || words.severity === 'action' || words.severity === 'alert';
  return {
    action,
    version,
    rolloutId,
    workflowId,
    atMs,
    headline: `${action} v${version} ${said}`,
    ...(isAsked && about.length > 0 && { about }),
    why: null,
    figures: [],
    until: null,
    commands: [lookCommand('status', action)],
    alert: null,
    routes: plan.notify ?? [],
    ...words,
  };
}

/** Those that are possible now, as the status names them. */
export function commandsFor({ facts, status }: Told, verbs: readonly string[]): readonly string[] {
  return verbs.flatMap((verb) => {
    if (verb === 'status' || verb === 'watch') return [lookCommand(verb, facts.action)];
    return status.canDo.includes(verb) ? [actCommand(verb, facts.action, shownOptions(verb, status))] : [];
  });
}

/** Whether harm is proven, before anything else; then `reason`, or the judge's own, and the figures. */
export function judged({ status: { report } }: Told, reason = report?.reason ?? ''): Pick<Message, 'why' | 'figures'> {
  return {
    why: judgedText(report),
    figures: [...(reason === '' ? [] : [reason]), ...figuresOf(report, reason)],
  };
}

const MAX_FIGURES = 6;

/** Those that count, but for the one that is the reason already. */
export function figuresOf(report: JudgeReport | null, reason: string): readonly string[] {
  return (report?.guardrails ?? [])
    .filter(({ mode, sentence }) => mode === 'enforce' && sentence !== '' && !reason.includes(sentence))
    .slice(0, MAX_FIGURES)
    .map(({ sentence }) => sentence);
}

export function untilAfter({ atMs }: Told, ms: number, action: string): NonNullable<Message['until']> {
  return { at: new Date(atMs + ms).toISOString(), action };
}

/** `25 % of Nights (pilot)`. */
export function splitOf({ status }: Told): string {
  return splitText(status.splitPercent, status.splitOf);
}

export function seenIn({ status }: Told): string {
  return shareText(status.splitPercent, status.splitOf);
}

export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** A version keeps its small letter: `v1.4.0 serves`. */
export function capital(text: string): string {
  if (/^v\d/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Of a name that anybody could have given; nothing of one that is known. */
export function claimOf(proof: Told['proof']): Pick<Message, 'claim'> {
  return proof?.verifiedBy === null ? { claim: `Who acted is ${CLAIMED}.` } : {};
}
