/** Does a run watch what it has put before agents, and can it act? */
import { isBeforeSteps } from '../rollout/acts.ts';
import type { Phase } from '../rollout/status.ts';
import { secondText } from '../text/instant.ts';
import type { GuardianRules, SeenRun, SeenServing } from './seen.ts';

export type Health =
  /** Nobody acts any more, whatever happens. */
  | { readonly kind: 'dead'; readonly why: string }
  /** Open, but nothing that reaches it has any effect. */
  | { readonly kind: 'frozen'; readonly why: string; readonly sinceMs: number }
  /** It lives, and its guardrails see nothing. */
  | { readonly kind: 'blind'; readonly why: string; readonly since: string }
  | { readonly kind: 'well' };

const WELL: Health = { kind: 'well' };

const ENDED: Readonly<Record<string, string>> = {
  terminated: 'was terminated',
  timedOut: 'timed out',
  failed: 'failed',
  cancelled: 'was cancelled without a roll back',
  completed: 'has ended',
  continuedAsNew: 'went on in a run that is not there',
};

/** `judgedAtMs`: when its judge last saved its state; undefined when that is not known. */
export function healthOf(
  run: SeenRun | null,
  judgedAtMs: number | undefined,
  nowMs: number,
  rules: GuardianRules,
): Health {
  if (run === null) return { kind: 'dead', why: 'Temporal knows no run of it' };
  const ended = ENDED[run.state];
  if (ended !== undefined)
    return {
      kind: 'dead',
      why: `its run ${ended}${isByHand(run) ? ' by hand' : ''}${run.closedAtMs === null ? '' : ` at ${instant(run.closedAtMs)}`}${terminatedText(run)}`,
    };
  if (run.state === 'paused') return { kind: 'frozen', why: 'its workflow is paused', sinceMs: 0 };
  if (run.frozen !== null)
    return { kind: 'frozen', why: `its workflow task fails: ${run.frozen.failure}`, sinceMs: run.frozen.sinceMs };
  if (run.strayQueue !== undefined) return strayed(run.strayQueue, run.startedAtMs);
  if (run.pausedBack !== undefined) {
    const { activity, sinceMs } = run.pausedBack;
    return { kind: 'frozen', why: `its way back (${activity}) is paused in Temporal`, sinceMs };
  }
  return nowMs - run.startedAtMs < rules.freshMs ? WELL : sightOf(run, judgedAtMs, nowMs, rules);
}

/** As the server calls itself where it ends a run by a limit of its own, and as we do where a run is stuck for good. */
const NO_HANDS: readonly string[] = ['history-service', 'guardian'];

function strayed(queue: string, sinceMs: number): Health {
  return { kind: 'frozen', why: `it waits on the queue "${queue}", where no worker of ours looks`, sinceMs };
}

/** Of a run whose build nobody runs, and of whose watch nothing was heard. */
export function isDeserted({ watch }: SeenRun, { kind }: Health): boolean {
  return watch === null ? kind === 'well' || kind === 'blind' : kind === 'blind';
}

/** What others left behind while the run that lives has put nothing before agents yet: nobody watches it. */
export function orphansBeside<V extends Pick<SeenServing, 'rolloutId'>>(run: SeenRun, shown: readonly V[]): V[] {
  if (run.phase === null || !isBeforeSteps(run.phase as Phase)) return [];
  return shown.filter(({ rolloutId }) => rolloutId !== null && rolloutId !== run.runId);
}

/** A person, or a tool of theirs, ended it: nothing was wrong with what watched. */
export function isByHand(run: SeenRun | null): boolean {
  return run?.state === 'terminated' && run.terminated !== undefined && !NO_HANDS.includes(run.terminated.by);
}

function terminatedText({ terminated }: SeenRun): string {
  if (terminated === undefined) return '';
  const { by, reason } = terminated;
  return ` (Temporal names ${by === '' ? 'nobody' : `"${by}"`}, and ${reason === '' ? 'no reason' : `as reason "${reason}"`})`;
}

/** Phases in which a `watch` must be pending. */
const WATCHED_PHASES: readonly string[] = ['baking', 'awaitingApproval', 'awaitingHook', 'held', 'paused', 'longWatch'];

function sightOf(
  { watch, phase }: SeenRun,
  judgedAtMs: number | undefined,
  nowMs: number,
  rules: GuardianRules,
): Health {
  if (watch === null)
    return phase !== null && WATCHED_PHASES.includes(phase)
      ? blind(`no watch is pending while it is ${phase}`, phase)
      : WELL;
  if (watch.paused) return blind('its watch is paused in Temporal', String(watch.pausedAtMs ?? watch.scheduledAtMs));
  if (watch.heardAtMs === 0)
    return blind(
      `its watch fails again and again (attempt ${watch.attempt}): ${watch.failure ?? 'no reason is known'}`,
      'ever',
    );
  const silentMs = nowMs - watch.heardAtMs;
  if (silentMs > rules.silentMs) {
    const before = watch.failure === null ? '' : `, and failed before (attempt ${watch.attempt}): ${watch.failure}`;
    return blind(`its watch gives no sign of life since ${instant(watch.heardAtMs)}${before}`, String(watch.heardAtMs));
  }
  const lookedFor = nowMs - Math.max(watch.scheduledAtMs, judgedAtMs ?? 0);
  if (watch.kind === 'watch' && judgedAtMs !== undefined && lookedFor > rules.unjudgedMs)
    return blind(`its judge has saved nothing since ${instant(judgedAtMs)}`, String(judgedAtMs));
  return WELL;
}

function blind(why: string, since: string): Health {
  return { kind: 'blind', why, since };
}

function instant(ms: number): string {
  return `${secondText(new Date(ms).toISOString())} UTC`;
}
