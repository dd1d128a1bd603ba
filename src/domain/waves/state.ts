/** What waves know: a plain value, changed by `applyWaves` only. Pure. */
import type { Outcome } from '../rollout/status.ts';
import type { Member, WavesPlan } from './plan.ts';
import { memberId } from './plan.ts';

/** `promoted`: serves everybody, its long watch may go on. `skipped`: was never started. */
export type MemberState =
  | 'waiting'
  | 'running'
  | 'promoted'
  | 'retired'
  | 'rolledBack'
  | 'rejected'
  | 'failed'
  | 'undoing'
  | 'undone'
  | 'skipped';

export interface MemberStatus {
  /** Its action; of a member of another organisation `<organisation>: <action>`. */
  readonly id: string;
  readonly action: string;
  /** Null: the one that these waves run in. */
  readonly organisation: string | null;
  readonly version: string;
  readonly state: MemberState;
  /** Its rollout has not ended: it is rolled out, or watched on. */
  readonly open: boolean;
  readonly runId: string | null;
  readonly reason: string;
  /** Since when its organisation has not answered (ISO), and why not; null: it answers. */
  readonly unheard: { readonly since: string; readonly why: string } | null;
}

export interface WaveStatus {
  readonly name: string;
  readonly members: readonly MemberStatus[];
}

export type WavesPhase = 'running' | 'between' | 'stopping' | 'watching' | WavesOutcome;
export type WavesOutcome = 'promoted' | 'stopped' | 'aborted' | 'rejected';

/** As queries, details and the verbs show it. */
export interface WavesStatus {
  readonly name: string;
  readonly phase: WavesPhase;
  readonly paused: boolean;
  /** Index of the wave at hand. */
  readonly wave: number;
  /** ISO instant; null: no wave is waited for. */
  readonly nextWaveAt: string | null;
  readonly waves: readonly WaveStatus[];
  /** Why nothing more is started; null: it goes on. */
  readonly stopped: string | null;
  readonly reason: string;
}

export type WavesEvent =
  | { readonly kind: 'waveBegun'; readonly wave: number }
  | { readonly kind: 'betweenBegun'; readonly untilMs: number }
  /** Without a run: it is asked for. */
  | { readonly kind: 'memberStarted'; readonly member: string; readonly runId: string | null }
  | { readonly kind: 'memberPromoted'; readonly member: string; readonly reason: string }
  | { readonly kind: 'memberUnheard'; readonly member: string; readonly sinceMs: number; readonly why: string }
  | { readonly kind: 'memberHeard'; readonly member: string }
  /** What it made of an act, where that is not what was asked for. */
  | { readonly kind: 'memberRefused'; readonly member: string; readonly reason: string }
  | {
      readonly kind: 'memberEnded';
      readonly member: string;
      /** `skipped`: it was not begun after all. */
      readonly state: Outcome | 'failed' | 'skipped';
      readonly reason: string;
    }
  | { readonly kind: 'undoBegun'; readonly member: string }
  | { readonly kind: 'undoEnded'; readonly member: string; readonly reason: string; readonly ok: boolean }
  | { readonly kind: 'allPromoted' }
  | WavesAct
  /** Nothing was started. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'ended'; readonly outcome: WavesOutcome; readonly reason: string };

export interface WavesAct {
  readonly kind: 'acted';
  readonly act: WavesActName;
  readonly by: string;
  readonly reason: string;
}

export const WAVES_ACTS = ['pause', 'resume', 'abort'] as const;
export type WavesActName = (typeof WAVES_ACTS)[number];

export function initialWaves({ name, waves }: WavesPlan): WavesStatus {
  return {
    name,
    phase: 'running',
    paused: false,
    wave: 0,
    nextWaveAt: null,
    waves: waves.map((wave) => ({ name: wave.name, members: wave.members.map(waiting) })),
    stopped: null,
    reason: '',
  };
}

function waiting(member: Member): MemberStatus {
  const { name: action, version } = member.plan.action;
  return {
    id: memberId(member),
    action,
    organisation: member.organisation ?? null,
    version,
    state: 'waiting',
    open: false,
    runId: null,
    reason: '',
    unheard: null,
  };
}

const FAILED: readonly MemberState[] = ['rolledBack', 'rejected', 'failed'];
const WAVES_OUTCOMES: readonly WavesPhase[] = ['promoted', 'stopped', 'aborted', 'rejected'];

export function applyWaves(status: WavesStatus, event: WavesEvent): WavesStatus {
  switch (event.kind) {
    case 'waveBegun':
      return { ...status, phase: 'running', wave: event.wave, nextWaveAt: null };
    case 'betweenBegun':
      return { ...status, phase: 'between', nextWaveAt: new Date(event.untilMs).toISOString() };
    case 'memberStarted':
      return withMember(status, event.member, { state: 'running', open: true, runId: event.runId });
    case 'memberPromoted':
      return withMember(status, event.member, { state: 'promoted', reason: event.reason });
    case 'memberUnheard':
      return withMember(status, event.member, {
        unheard: { since: new Date(event.sinceMs).toISOString(), why: event.why },
      });
    case 'memberHeard':
      return withMember(status, event.member, { unheard: null });
    case 'memberRefused':
      return withMember(status, event.member, { reason: event.reason });
    case 'memberEnded':
      return memberEnded(status, event);
    case 'undoBegun':
      return withMember(status, event.member, { state: 'undoing', open: true });
    case 'undoEnded':
      return withMember(status, event.member, {
        state: event.ok ? 'undone' : 'failed',
        open: false,
        reason: event.reason,
        unheard: null,
      });
    case 'allPromoted':
      return { ...status, phase: 'watching' };
    case 'acted':
      return acted(status, event);
    case 'refused':
      return { ...stop(status, event.reason), phase: 'rejected' };
    case 'ended':
      return { ...status, phase: event.outcome, paused: false, nextWaveAt: null, reason: event.reason };
  }
}

/** One that was promoted and whose long watch ends well stays so; any other end of any member stops the waves. */
function memberEnded(status: WavesStatus, event: Extract<WavesEvent, { kind: 'memberEnded' }>): WavesStatus {
  const before = memberOf(status, event.member);
  const state = before?.state === 'undoing' && event.state === 'rolledBack' ? 'undone' : event.state;
  const next = withMember(status, event.member, { state, open: false, reason: event.reason, unheard: null });
  if (!FAILED.includes(state) || isWavesOver(status)) return next;
  return stop(next, `${event.member} ${before?.version ?? ''} ${SAID[event.state]}: ${event.reason}`);
}

const SAID = {
  promoted: 'was promoted',
  retired: 'was retired',
  undone: 'was undone',
  rolledBack: 'was rolled back',
  rejected: 'was rejected',
  failed: 'failed',
  skipped: 'was skipped',
};

function acted(status: WavesStatus, { act, by, reason }: WavesAct): WavesStatus {
  const why = `${act} by ${by}: ${reason}`;
  if (act === 'abort') return { ...stop(status, why), paused: false, reason: why };
  return { ...status, paused: act === 'pause', reason: why };
}

/** The first reason stays: what follows from it is no news. What waits is never started. */
function stop(status: WavesStatus, why: string): WavesStatus {
  if (status.stopped !== null) return status;
  const waves = status.waves.map((wave) => ({
    ...wave,
    members: wave.members.map((member) =>
      member.state === 'waiting' ? { ...member, state: 'skipped' as const } : member,
    ),
  }));
  return { ...status, waves, phase: 'stopping', stopped: why, reason: why, nextWaveAt: null };
}

function withMember(status: WavesStatus, id: string, change: Partial<MemberStatus>): WavesStatus {
  return {
    ...status,
    waves: status.waves.map((wave) => ({
      ...wave,
      members: wave.members.map((member) => (member.id === id ? { ...member, ...change } : member)),
    })),
  };
}

/** It came to what its plan wanted. */
export function isDone({ state }: Pick<MemberStatus, 'state'>): boolean {
  return state === 'promoted' || state === 'retired';
}

export function membersOf({ waves }: Pick<WavesStatus, 'waves'>): readonly MemberStatus[] {
  return waves.flatMap(({ members }) => members);
}

export function memberOf(status: WavesStatus, id: string): MemberStatus | undefined {
  return membersOf(status).find((member) => member.id === id);
}

/** While an organisation does not answer, nobody knows whether its members do harm: nothing more is begun. */
export function isUnheard(status: WavesStatus): boolean {
  return membersOf(status).some(({ open, unheard }) => open && unheard !== null);
}

function isWavesOver({ phase }: Pick<WavesStatus, 'phase'>): boolean {
  return WAVES_OUTCOMES.includes(phase);
}

/** Why an act is refused, with the way out; null: it may be done. */
export function refusedWavesAct(status: WavesStatus, act: WavesActName): string | null {
  const possible = possibleWavesActs(status);
  if (possible.includes(act)) return null;
  const instead = possible.length === 0 ? 'Nothing can be done any more.' : `Possible now: ${possible.join(', ')}.`;
  return `Cannot ${act} waves that are ${status.phase}${status.paused ? ' (paused)' : ''}. ${instead}`;
}

function possibleWavesActs(status: WavesStatus): readonly WavesActName[] {
  if (isWavesOver(status)) return [];
  // What runs on is paused as long as they are.
  if (status.paused) return ['resume', 'abort'];
  return status.stopped !== null || status.phase === 'watching' ? ['abort'] : ['pause', 'abort'];
}
