/**
 * One look at the organisation for all rollouts that this process watches, and for the guardian beside them. A look is shared by everybody who asks for
 * one that is not older than theirs, and takes the cheaper way: a listing for each action, or one of all actions, page
 * by page.
 */
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { EventTrouble, OpenTarget } from '../targets/target.ts';
import type { Lister } from './lister.ts';
import { createLister, isSince } from './lister.ts';

export interface Surveyor {
  /**
   * All versions of the deployment's action on its target as of `sinceMs` or later (ms since the epoch). Who has patience
   * waits so long for others to ask as well, where somebody has just been answered.
   */
  look(
    of: Pick<Deployment, 'target' | 'actionName'>,
    sinceMs: number,
    patienceMs?: number,
  ): Promise<readonly SeenVersion[]>;
  /** All versions of all actions on the target, as of `sinceMs` or later. */
  all(target: TargetKind, sinceMs: number): Promise<readonly SeenVersion[]>;
  /** Why no events can come, as of `sinceMs` or later; null while they can. */
  eventTrouble(target: TargetKind, sinceMs: number): Promise<EventTrouble | null>;
}

export interface SurveyorDeps {
  readonly targets: { of(kind: TargetKind): Surveyed };
  /** Of the events service. */
  readonly publicUrl: string;
  readonly now: () => number;
}

type Surveyed = Pick<OpenTarget, 'survey' | 'events'>;

export function createSurveyor({ targets, publicUrl, now }: SurveyorDeps): Surveyor {
  const looks = new Map<TargetKind, Look>();
  const lookOf = (kind: TargetKind): Look => {
    const look = looks.get(kind) ?? createLook(targets.of(kind), publicUrl, now);
    looks.set(kind, look);
    return look;
  };
  return {
    look: async ({ target, actionName }, sinceMs, patienceMs = 0) =>
      lookOf(target).versions.of(actionName, sinceMs, patienceMs),
    all: async (target, sinceMs) => lookOf(target).versions.all(sinceMs),
    eventTrouble: async (target, sinceMs) => lookOf(target).trouble(sinceMs),
  };
}

/** At one target. */
interface Look {
  readonly versions: Lister;
  readonly trouble: Shared<EventTrouble | null>;
}

function createLook(target: Surveyed, publicUrl: string, now: () => number): Look {
  return { versions: createLister(target, now), trouble: shared(() => target.events.trouble(publicUrl), now) };
}

type Shared<T> = (sinceMs: number) => Promise<T>;

/** One answer for everybody who asks for one that is no older than theirs; what failed is asked for anew. */
function shared<T>(ask: () => Promise<T>, now: () => number): Shared<T> {
  let last: { readonly startedMs: number; readonly answer: Promise<T> } | null = null;
  return (sinceMs) => {
    if (last !== null && isSince(last.startedMs, sinceMs, now())) return last.answer;
    const asked = { startedMs: now(), answer: ask() };
    last = asked;
    asked.answer.catch(() => {
      if (last === asked) last = null;
    });
    return asked.answer;
  };
}
