/** Everything that can happen to a rollout. */
import type { Actor } from '../identity/actor.ts';
import type { JudgeReport, PlannedEnd } from '../judge/types.ts';
import type { Fingerprint } from '../split/fingerprint.ts';
import type { Audience } from '../split/audience.ts';
import type { Act } from './acts.ts';
import type { Person } from './approvals.ts';
import type { Deployment } from './deployment.ts';
import type { Drift, Written } from './drift.ts';
import type { PastDiffers } from './past.ts';
import type { ClosedWindow, Override } from './overrides.ts';
import type { OpenHours, Opened, PauseCause, Wait } from './state.ts';
import type { Outcome, Phase } from './status.ts';

/** These stand in the audit log, each with its reason. */
export type AuditedEvent =
  | {
      readonly kind: 'entered';
      readonly phase: Phase;
      readonly waitingFor: string;
      readonly reason?: string;
      /** Of a bake: when the judge is asked whether the candidate is safe; null: at no fixed time. */
      readonly plannedEnd?: PlannedEnd | null;
    }
  /** `passed`: steps before it that a promotion passed over. */
  | { readonly kind: 'stepStarted'; readonly step: number; readonly passed?: readonly number[] }
  /** `atMs`: of the read-back. */
  | { readonly kind: 'splitProven'; readonly percent: number; readonly of?: Audience; readonly atMs: number }
  | {
      readonly kind: 'judged';
      readonly report: JudgeReport;
      readonly seen?: readonly string[];
      readonly firstCandidateCardAtMs?: number | null;
    }
  | { readonly kind: 'autoPaused'; readonly reason: string; readonly cause: PauseCause }
  /** Drift was noticed; `reasserted`: what the rollout left there is written again. */
  | { readonly kind: 'drifted'; readonly drift: Drift; readonly reasserted: boolean }
  /** No judge that can act looks any more, or one does again. */
  | { readonly kind: 'blinded'; readonly reason: string }
  | { readonly kind: 'sighted' }
  /** An approval is waited for still, and so long is left. */
  | { readonly kind: 'reminded'; readonly leftMs: number }
  /** What a hook decided; the reason is that of whoever answered. */
  | {
      readonly kind: 'hookAnswered';
      readonly place: string;
      readonly decision: 'confirm' | 'refuse';
      readonly reason: string;
    }
  /** People are told what the plan says; `to`: a route beside those that match. */
  | { readonly kind: 'notified'; readonly message: string; readonly to: string | null }
  /** A roll back waits for a person: the baseline is another than it was. */
  | { readonly kind: 'baselineAsked'; readonly drift: Drift }
  | { readonly kind: 'baselineAccepted' }
  /** A rise, or the start, waits until the calendar lets it; or it does now. */
  | ({ readonly kind: 'windowClosed' } & ClosedWindow)
  | { readonly kind: 'windowOpened'; readonly why: string }
  /** The promotion that was decided on is under way. */
  | { readonly kind: 'promotionBegun' }
  /** The version serves alone, as was proven, and is watched on. */
  | { readonly kind: 'longWatchBegun'; readonly waitingFor: string }
  /** A person goes back to a version that was proven before: nothing is judged, the roll back comes next. */
  | { readonly kind: 'undoBegun'; readonly reason: string }
  /** The run or its record has forgotten something: a backup of one was restored without the other. */
  | { readonly kind: 'setBack'; readonly differs: PastDiffers }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly reason: string }
  | {
      readonly kind: 'acted';
      readonly act: Act;
      readonly by: string;
      readonly reason: string;
      /** As far as it is known who that was; absent: by the guardian. */
      readonly person?: Person;
      /** Of a promotion of what is not proven: its figures, and until when it has to take effect. */
      readonly over?: { readonly text: string; readonly untilMs: number };
      readonly override?: Override;
    }
  /** A promotion that a person asked for came too late to take effect, or met a gate that it does not pass. */
  | { readonly kind: 'lapsed'; readonly reason: string }
  /** `by` is as it was given; `why` says what was wrong. */
  | { readonly kind: 'refused'; readonly act: Act; readonly by: string; readonly why: string }
  /** Acts that were refused beside those that are told one by one. */
  | { readonly kind: 'refusedMore'; readonly more: number };

/** What the rollout has to know of itself; nobody asks for it later. */
export type NotedEvent =
  /** One more act was refused, and is not told by itself. */
  | { readonly kind: 'refusalCounted' }
  | { readonly kind: 'figuresAsked' }
  | { readonly kind: 'starterKnown'; readonly starter: Actor }
  | { readonly kind: 'opened'; readonly opened: Opened }
  /** `splitPercent`: of the candidate, where it serves already (0..100). */
  | { readonly kind: 'deployed'; readonly deployment: Deployment; readonly splitPercent?: number }
  /** The plan lives with the baseline as another hand has made it. */
  | { readonly kind: 'baselineTaken'; readonly fingerprint: Fingerprint }
  /** `written`: what is served once it is made; absent: as before. `rises`: nobody wants it in a pause. */
  | { readonly kind: 'writeBegun'; readonly written?: Written; readonly rises: boolean }
  | { readonly kind: 'writeAnswered' }
  /** Answered, or given up by whoever made it: it takes no effect any more. */
  | { readonly kind: 'writeOver'; readonly rises: boolean }
  /** The calendar did not let it: what was proven before is served, as is proven. */
  | { readonly kind: 'writeNotMade' }
  /** The candidate serves everybody and the baseline is off, proven `atMs`. */
  | { readonly kind: 'aloneProven'; readonly atMs: number }
  /** The baseline serves everybody again, proven `atMs`; the roll back was decided on `decidedAtMs`. */
  | { readonly kind: 'restoreProven'; readonly atMs: number; readonly decidedAtMs: number }
  /** What the second proof of it showed, once no card of the candidate came any more. */
  | { readonly kind: 'quietProven'; readonly isRestored: boolean }
  | { readonly kind: 'watchBegun' }
  | { readonly kind: 'watchOver' }
  /** The organisation lets us look again. */
  | { readonly kind: 'looked' }
  | { readonly kind: 'watchCalled' }
  /** Nothing goes on until somebody resumes; over by itself when the pause is. */
  | { readonly kind: 'standstillBegun' }
  /** Of a bake that counts open hours; `stood`: a pause was part of it. */
  | {
      readonly kind: 'hoursCounted';
      readonly hours: OpenHours;
      readonly plannedEnd: PlannedEnd | null;
      readonly stood: boolean;
    }
  | { readonly kind: 'waitBegun'; readonly wait: Omit<Wait, 'sinceMs' | 'stoodBeforeMs'> }
  | { readonly kind: 'waitOver'; readonly what: string };

export type RolloutEvent = AuditedEvent | NotedEvent;

const NOTED: Readonly<Record<NotedEvent['kind'], true>> = {
  refusalCounted: true,
  figuresAsked: true,
  starterKnown: true,
  opened: true,
  deployed: true,
  baselineTaken: true,
  writeBegun: true,
  writeAnswered: true,
  writeOver: true,
  writeNotMade: true,
  aloneProven: true,
  restoreProven: true,
  quietProven: true,
  watchBegun: true,
  watchOver: true,
  looked: true,
  watchCalled: true,
  standstillBegun: true,
  hoursCounted: true,
  waitBegun: true,
  waitOver: true,
};

export function isAudited(event: RolloutEvent): event is AuditedEvent {
  return !(event.kind in NOTED);
}
