/** All that a rollout knows: a plain value, changed only by `apply` (transition.ts). */
import type { Actor } from '../identity/actor.ts';
import type { Distrust, JudgeReport, PlannedEnd } from '../judge/types.ts';
import type { AskedApproval } from './approvals.ts';
import type { AcceptedEvidence } from './accepted-evidence.ts';
import type { Audience } from '../split/audience.ts';
import type { Deployment } from './deployment.ts';
import type { Drift, Written } from './drift.ts';
import type { ClosedWindow, Override } from './overrides.ts';
import type { Outcome, Phase, SafetyProof } from './status.ts';

export interface RolloutState {
  /** It goes back to a version that was proven before. */
  readonly isUndo: boolean;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** ms since the epoch. */
  readonly endedAtMs: number | null;
  /** Index into the plan's steps; `steps.length` once all are done. */
  readonly step: number;
  /** When the step at hand began, ms since the epoch. */
  readonly stepSinceMs: number;
  /** Steps that a person left before they were done. */
  readonly left: readonly number[];
  /** Who started it, as far as that is known; null until it was asked. */
  readonly starter: Actor | null;
  readonly opened: Opened | null;
  readonly deployment: Deployment | null;

  /** What was last proven by a read-back, 0..100; since when, ms since the epoch; and what it was before. */
  readonly splitPercent: number;
  /** Of whose conversations; null: everybody's. */
  readonly splitOf: Audience | null;
  readonly splitSinceMs: number;
  readonly previousPercent: number;
  /** A write may still be on its way to the organisation: its step was left before it answered. */
  readonly writeInFlight: boolean;
  /** Writes of a split that run, or were given up and may still take effect. */
  readonly openWrites: number;
  /** Those of them that raise the split, or end a promotion. */
  readonly openRises: number;
  /** What the last write may have left there, for no answer has proven it, nor that it was not made; null: all is proven. */
  readonly unproven: Written | null;
  /** The candidate was proven to serve everybody, and the baseline is off. */
  readonly promoted: boolean;
  readonly safety: SafetyProof | null;
  /** The baseline was read back, and nobody has been called since: it is looked at once more. */
  readonly isReadBack: boolean;

  readonly report: JudgeReport | null;
  /** `guardrail:verdict` pairs that the judge has said. */
  readonly seen: readonly string[];
  /** ms since the epoch; null: none was seen in this rollout. */
  readonly firstCandidateCardAtMs: number | null;
  readonly harmed: boolean;
  /** Of the bake at hand or the last one; ms since the epoch. */
  readonly plannedEnd: PlannedEnd | null;
  /** What the promotion was decided on; the shown one once it is promoted. */
  readonly decision: Decision | null;

  /** Watches that run, or were cancelled and have still to say their last word. */
  readonly openWatches: number;
  /** How often the guardian said that nobody is seen to watch: each time a new watch is started. */
  readonly watchCalls: number;
  /** Since when no judge that can act has looked, ms since the epoch, and why; null: one looks. */
  readonly blind: { readonly sinceMs: number; readonly why: string } | null;

  readonly paused: boolean;
  /** Null unless paused. */
  readonly pausedFor: PauseCause | null;
  /** How many pauses there were so far, and why the last one: an act names the one that it answers. */
  readonly pauses: number;
  readonly pausedWhy: string;
  /** Since when nothing goes on until somebody resumes, ms since the epoch; a pause during a write is not yet that. */
  readonly standsSinceMs: number | null;
  /** How long it has stood in all, ms; but for the time at hand. */
  readonly stoodMs: number;
  readonly waits: readonly Wait[];

  /** The act of a person that the flow has still to follow. */
  readonly request: Request | null;
  /** An approval is what is waited for, in time or overdue. */
  readonly asksApproval: boolean;
  /** Of the plan's steps, each with who has given it. */
  readonly approvals: readonly AskedApproval[];
  readonly refusals: Refusals;
  /** What named people let pass, each until its end; the latest of a kind. */
  readonly overrides: readonly Override[];
  /** A person acts on the figures: the first look tells them. */
  readonly figuresAsked: boolean;
  readonly advanced: boolean;
  readonly accepted: Accepted;
  /** Drift that was told and is dealt with: its keys. */
  readonly knownDrift: readonly string[];
  /** How often drift was put right by writing again. */
  readonly reassertions: number;
  /** The baseline is not what it was: an abort goes back to it as it is now. Asked while a roll back cannot go on. */
  readonly changedBaseline: Drift | null;

  /** Why no split may rise now, as the calendar says it; null: nothing waits for that. */
  readonly closedWindow: ClosedWindow | null;
  /** Of the bake at hand, if it counts open hours. */
  readonly openHours: OpenHours | null;

  readonly reason: string;
  readonly waitingFor: string;
}

/** From the moment that the candidate is in the organisation. */
export type DeployedState = RolloutState & { readonly opened: Opened; readonly deployment: Deployment };

export interface Opened {
  /** Exposures up to here were there before the rollout. */
  readonly startSeq: number;
  readonly startedAtMs: number;
}

interface Decision {
  readonly report: JudgeReport | null;
  readonly reason: string;
  /** Of a promotion of what is not proven: it lapses unless the split has risen from there by then, ms since the epoch. */
  readonly lapses?: { readonly atMs: number; readonly fromPercent: number };
}

/** How long something is waited for at most; the clock stands while the rollout does, unless said otherwise. */
export interface Wait {
  /** What is waited for: `approval`. */
  readonly what: string;
  /** What happens then: `roll back`. */
  readonly action: string;
  readonly ms: number;
  /** False: it runs on while a pause is waited out. */
  readonly stopsInPause: boolean;
  /** Set by the state: when it began, ms since the epoch, and how long the rollout had stood by then. */
  readonly sinceMs: number;
  readonly stoodBeforeMs: number;
}

/** How much of a bake has passed, where only open hours count. Instants in ms since the epoch. */
export interface OpenHours {
  readonly countedMs: number;
  readonly ofMs: number;
  /** When that was so, and whether time counts since. */
  readonly atMs: number;
  readonly open: boolean;
  readonly endsAtMs: number;
}

/** What a pause is for; a resume accepts that and no more. */
export type PauseCause =
  | 'person'
  | 'noData'
  | 'untrusted'
  | 'blind'
  | 'stepCards'
  | 'rolloutCards'
  | 'alarm'
  | 'setBack'
  | Drift;

export type AcceptedDistrust = AcceptedEvidence<Distrust['kind']>;

/** What a person was shown and let pass. */
export interface Accepted {
  /** An arm that was silent at this instant (ms since the epoch) may stay so until its next card. */
  readonly silenceAtMs: number | null;
  /** Metrics of which no figure had come then, either. Absent in histories of 0.1.0: all of them. */
  readonly missing?: readonly string[];
  /** One for each kind of distrust; another of the same kind takes its place. */
  readonly distrust: readonly AcceptedDistrust[];
  /** The same for harm by guardrails that pause, by what they watch. */
  readonly alarms: readonly AcceptedEvidence[];
  /** What was shown up to these instants, ms since the epoch: from there on a harm budget counts anew. */
  readonly stepCardsAtMs: number | null;
  readonly rolloutCardsAtMs: number | null;
  /** Ids of other serving versions. */
  readonly rivals: readonly string[];
}

/** Acts that were refused. */
export interface Refusals {
  readonly count: number;
  /** When the latest were, ms since the epoch; some only. */
  readonly latelyAtMs: readonly number[];
}

export interface Request {
  readonly kind: 'abort' | 'promote';
  readonly by: string;
  readonly reason: string;
  /** Of a promotion of what is not proven: it lapses unless it takes effect before, ms since the epoch. */
  readonly untilMs?: number;
  /** What of it is not proven: `ana over undecided: acceptanceRate 27.3 % vs 41.6 %, n 144`. */
  readonly over?: string;
}

const PREFLIGHT = 'preflight: the plan and the card are checked, nothing has been written';
/** An undo has neither. */
const UNDO_LOOKS = 'what to go back to: the registry and the organisation are asked, nothing has been written';

export function undoState(): RolloutState {
  return { ...initialState(), isUndo: true, waitingFor: UNDO_LOOKS };
}

export function initialState(approvals: readonly AskedApproval[] = []): RolloutState {
  return {
    isUndo: false,
    phase: 'validating',
    outcome: null,
    endedAtMs: null,
    step: 0,
    stepSinceMs: 0,
    left: [],
    starter: null,
    opened: null,
    deployment: null,
    splitPercent: 0,
    splitOf: null,
    splitSinceMs: 0,
    previousPercent: 0,
    writeInFlight: false,
    openWrites: 0,
    openRises: 0,
    unproven: null,
    promoted: false,
    safety: null,
    isReadBack: false,
    report: null,
    seen: [],
    firstCandidateCardAtMs: null,
    harmed: false,
    plannedEnd: null,
    decision: null,
    openWatches: 0,
    watchCalls: 0,
    blind: null,
    paused: false,
    pausedFor: null,
    pauses: 0,
    pausedWhy: '',
    standsSinceMs: null,
    stoodMs: 0,
    waits: [],
    request: null,
    asksApproval: false,
    approvals,
    refusals: { count: 0, latelyAtMs: [] },
    overrides: [],
    figuresAsked: false,
    advanced: false,
    accepted: { silenceAtMs: null, distrust: [], alarms: [], stepCardsAtMs: null, rolloutCardsAtMs: null, rivals: [] },
    knownDrift: [],
    reassertions: 0,
    changedBaseline: null,
    closedWindow: null,
    openHours: null,
    reason: '',
    waitingFor: PREFLIGHT,
  };
}
