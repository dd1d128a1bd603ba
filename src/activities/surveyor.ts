/**
 * One look at the organisation for all rollouts that this process watches. A look is shared by everybody who asks for
 * one that is not older than theirs, and takes the cheaper way: a listing for each action, or one of all actions, page
 * by page.
 */
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { EventTrouble, OpenTarget, Target } from '../targets/target.ts';

export interface Surveyor {
  /** All versions of the deployment's action on its target as of `sinceMs` or later (ms since the epoch). */
  look(of: Pick<Deployment, 'target' | 'actionName'>, sinceMs: number): Promise<readonly SeenVersion[]>;
  /** Why no events can come, in one sentence; null while they can. Not older than a minute. */
  eventTrouble(target: TargetKind): Promise<string | null>;
}

export interface SurveyorDeps {
  readonly targets: { of(kind: TargetKind): Surveyed };
  /** Of the events service. */
  readonly publicUrl: string;
  readonly now: () => number;
}

/** As large as a page of the public API. */
const PAGE = 100;
/** Who has not asked for so long watches no more. */
const FORGOTTEN_MS = 180_000;
const EVENTS_MS = 60_000;

type Surveyed = Pick<OpenTarget, 'survey' | 'events'>;

export function createSurveyor({ targets, publicUrl, now }: SurveyorDeps): Surveyor {
  const looks = new Map<TargetKind, Look>();
  const lookOf = (kind: TargetKind): Look => {
    const look = looks.get(kind) ?? createLook(targets.of(kind), publicUrl, now);
    looks.set(kind, look);
    return look;
  };
  return {
    look: async ({ target, actionName }, sinceMs) => lookOf(target).versions(actionName, sinceMs),
    eventTrouble: async (target) => (await lookOf(target).trouble(now() - EVENTS_MS))?.message ?? null,
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

/** All versions of an action on one target, as of an instant or later. */
type Lister = (actionName: string, sinceMs: number) => Promise<readonly SeenVersion[]>;

/** Sorted once for all who ask. */
type ByName = ReadonlyMap<string, readonly SeenVersion[]>;

function createLister(target: Pick<Target, 'survey'>, now: () => number): Lister {
  const askedAt = new Map<string, number>();
  const byName = new Map<string, Shared<ByName>>();
  let pagesOfAll = 1;
  const all = shared(async () => {
    const versions = await target.survey(null);
    pagesOfAll = Math.max(1, Math.ceil(versions.length / PAGE));
    return sorted(versions);
  }, now);
  const only = (actionName: string): Shared<ByName> => {
    const one = byName.get(actionName) ?? shared(async () => sorted(await target.survey(actionName)), now);
    byName.set(actionName, one);
    return one;
  };
  return async (actionName, sinceMs) => {
    const nowMs = now();
    askedAt.set(actionName, nowMs);
    for (const [name, at] of askedAt) {
      if (nowMs - at < FORGOTTEN_MS) continue;
      askedAt.delete(name);
      byName.delete(name);
    }
    const versions = await (askedAt.size > pagesOfAll + 1 ? all : only(actionName))(sinceMs);
    return versions.get(actionName) ?? [];
  };
}

function sorted(versions: readonly SeenVersion[]): ByName {
  const names = new Map<string, SeenVersion[]>();
  for (const version of versions) {
    const known = names.get(version.actionName);
    if (known === undefined) names.set(version.actionName, [version]);
    else known.push(version);
  }
  return names;
}

type Shared<T> = (sinceMs: number) => Promise<T>;

/** One answer for everybody who asks for one that is no older than theirs; what failed is asked for anew. */
function shared<T>(ask: () => Promise<T>, now: () => number): Shared<T> {
  let last: { readonly startedMs: number; readonly answer: Promise<T> } | null = null;
  return (sinceMs) => {
    if (last !== null && last.startedMs >= sinceMs) return last.answer;
    const asked = { startedMs: now(), answer: ask() };
    last = asked;
    asked.answer.catch(() => {
      if (last === asked) last = null;
    });
    return asked.answer;
  };
}
