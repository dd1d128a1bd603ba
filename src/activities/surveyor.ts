/**
 * One look at the organisation for all rollouts that this process watches. A look is shared by everybody who asks for
 * one that is not older than theirs, and takes the cheaper way: a listing for each action, or one of all actions, page
 * by page.
 */
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Target } from '../targets/target.ts';

export interface Surveyor {
  /** All versions of the deployment's action on its target as of `sinceMs` or later (ms since the epoch). */
  look(of: Pick<Deployment, 'target' | 'actionName'>, sinceMs: number): Promise<readonly SeenVersion[]>;
  /** Why no events can come, in one sentence; null while the export is as it must be. Not older than a minute. */
  exportTrouble(): Promise<string | null>;
}

export interface SurveyorDeps {
  readonly targets: { of(kind: TargetKind): Pick<Target, 'survey'> };
  readonly exportTrouble: () => Promise<string | null>;
  readonly now: () => number;
}

const EXPORT_MS = 60_000;

export function createSurveyor({ targets, exportTrouble, now }: SurveyorDeps): Surveyor {
  const listers = new Map<TargetKind, Lister>();
  let lastExport: { readonly startedMs: number; readonly trouble: Promise<string | null> } | null = null;

  function listerOf(kind: TargetKind): Lister {
    const lister = listers.get(kind) ?? createLister(targets.of(kind), now);
    listers.set(kind, lister);
    return lister;
  }

  return {
    look: async ({ target, actionName }, sinceMs) => listerOf(target)(actionName, sinceMs),
    exportTrouble() {
      if (lastExport === null || now() - lastExport.startedMs >= EXPORT_MS) {
        const asked = { startedMs: now(), trouble: exportTrouble() };
        lastExport = asked;
        asked.trouble.catch(() => {
          if (lastExport === asked) lastExport = null;
        });
      }
      return lastExport.trouble;
    },
  };
}

/** All versions of an action on one target, as of an instant or later. */
type Lister = (actionName: string, sinceMs: number) => Promise<readonly SeenVersion[]>;

interface Listing {
  readonly startedMs: number;
  readonly versions: Promise<readonly SeenVersion[]>;
}

/** As large as a page of the public API. */
const PAGE = 100;
/** Who has not asked for so long watches no more. */
const FORGOTTEN_MS = 180_000;

function createLister(target: Pick<Target, 'survey'>, now: () => number): Lister {
  const asking = new Map<string, number>();
  const byName = new Map<string, Listing>();
  let all: Listing | null = null;
  let pagesOfAll = 1;

  const start = (actionName: string | null): Listing => ({ startedMs: now(), versions: target.survey(actionName) });

  function listAll(sinceMs: number): Promise<readonly SeenVersion[]> {
    if (all === null || all.startedMs < sinceMs) {
      const listing = start(null);
      all = listing;
      listing.versions.then(
        (versions) => {
          pagesOfAll = Math.max(1, Math.ceil(versions.length / PAGE));
        },
        () => {
          if (all === listing) all = null;
        },
      );
    }
    return all.versions;
  }

  function listOne(actionName: string, sinceMs: number): Promise<readonly SeenVersion[]> {
    const known = byName.get(actionName);
    if (known !== undefined && known.startedMs >= sinceMs) return known.versions;
    const listing = start(actionName);
    byName.set(actionName, listing);
    listing.versions.catch(() => {
      if (byName.get(actionName) === listing) byName.delete(actionName);
    });
    return listing.versions;
  }

  function forget(nowMs: number): void {
    for (const [name, askedMs] of asking) {
      if (nowMs - askedMs < FORGOTTEN_MS) continue;
      asking.delete(name);
      byName.delete(name);
    }
  }

  return async (actionName, sinceMs) => {
    const nowMs = now();
    asking.set(actionName, nowMs);
    forget(nowMs);
    const versions = asking.size > pagesOfAll + 1 ? await listAll(sinceMs) : await listOne(actionName, sinceMs);
    return versions.filter((version) => version.actionName === actionName);
  };
}
