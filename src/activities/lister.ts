/** The versions of many actions on one target, in as few listings as do for all who ask. */
import { AsyncResource } from 'node:async_hooks';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import { PartlySeen } from '../targets/partly-seen.ts';
import type { Target } from '../targets/target.ts';
import { createGathered } from './gathered.ts';

/** As of `sinceMs` or later (ms since the epoch). */
export interface Lister {
  /** All versions of an action. Who has patience waits for others to ask as well, where somebody has just been answered. */
  of(actionName: string, sinceMs: number, patienceMs: number): Promise<readonly SeenVersion[]>;
  /** All versions of all actions, which watches that look a moment later make do with. */
  all(sinceMs: number): Promise<readonly SeenVersion[]>;
}

/** As large as a page of the public API. */
const PAGE = 100;
/** Watches look in the same moment, and an answer is as good for whoever asks within this. */
const TOGETHER_MS = 50;
const SHARED_MS = 10_000;

/** A listing is no work of the watch that happened to ask first: that one may be given up. */
const outside = new AsyncResource('listing');

/** Sorted once for all who ask. */
type ByName = ReadonlyMap<string, readonly SeenVersion[]>;

/** `names`: whose versions were asked for; null: those of all. */
interface Listing {
  readonly names: ReadonlySet<string> | null;
  readonly startedMs: number;
  readonly answer: (name: string) => Promise<readonly SeenVersion[]>;
  /** Of what was asked for. */
  readonly whole: Promise<readonly SeenVersion[]>;
}

/** Where the clock was set back, what began by the clock of before may be of any age. */
export function isSince(startedMs: number, sinceMs: number, nowMs: number): boolean {
  return startedMs >= sinceMs && startedMs <= nowMs;
}

export function createLister(target: Pick<Target, 'survey'>, now: () => number): Lister {
  const askedAt = new Map<string, number>();
  let listings: readonly Listing[] = [];
  let pagesOfAll = 1;
  let putAtMs = -Infinity;

  const kept = (listing: Listing): Listing => {
    listings = [listing, ...listings.filter(({ names }) => (names === null) !== (listing.names === null))];
    // What failed is asked for anew.
    listing.whole.catch((error: unknown) => {
      if (!(error instanceof PartlySeen)) listings = listings.filter((one) => one !== listing);
    });
    return listing;
  };

  const listOne = async (name: string) => sorted(await target.survey(name)).get(name) ?? [];

  /** What is not in it was left out, or could not be looked at, or is not there: who asks for it by name is told which. */
  const listAll = (startedMs: number): Listing => {
    const whole = target.survey(null);
    const byName = whole.catch(partOf).then((versions) => {
      pagesOfAll = Math.max(1, Math.ceil(versions.length / PAGE));
      return sorted(versions);
    });
    // Whoever asked for all of them asks for none by name.
    byName.catch(() => undefined);
    const alone = new Map<string, Promise<readonly SeenVersion[]>>();
    const listAlone = (name: string): Promise<readonly SeenVersion[]> => {
      const asked = alone.get(name) ?? listOne(name);
      alone.set(name, asked);
      asked.catch(() => alone.delete(name));
      return asked;
    };
    const answer = async (name: string) => (await byName).get(name) ?? listAlone(name);
    return kept({ names: null, startedMs, answer, whole });
  };

  const listEach = (names: ReadonlySet<string>, startedMs: number): Listing => {
    const answers = new Map([...names].map((name) => [name, listOne(name)]));
    const answer = (name: string) => answers.get(name) ?? listOne(name);
    return kept({ names, startedMs, answer, whole: Promise.all(answers.values()).then((each) => each.flat()) });
  };

  const put = (asked: readonly string[]): readonly Promise<readonly SeenVersion[]>[] => {
    const startedMs = now();
    putAtMs = performance.now();
    // What is asked for by more than a listing of all has pages will be asked for by others within its time, too.
    const { answer } = askedAt.size > pagesOfAll ? listAll(startedMs) : listEach(new Set(asked), startedMs);
    return asked.map(answer);
  };
  const gathered = createGathered<string, readonly SeenVersion[]>((asked) =>
    outside.runInAsyncScope(put, undefined, asked),
  );

  return {
    of(actionName, sinceMs, patienceMs) {
      const nowMs = now();
      askedAt.set(actionName, nowMs);
      for (const [name, atMs] of askedAt) if (Math.abs(nowMs - atMs) > SHARED_MS) askedAt.delete(name);
      const known = listings.find(
        ({ names, startedMs }) => isSince(startedMs, sinceMs, now()) && (names?.has(actionName) ?? true),
      );
      if (known !== undefined) return known.answer(actionName);
      return gathered.ask(actionName, Math.max(TOGETHER_MS, putAtMs + patienceMs - performance.now()));
    },
    all(sinceMs) {
      const known = listings.find(({ names, startedMs }) => isSince(startedMs, sinceMs, now()) && names === null);
      return (known ?? outside.runInAsyncScope(listAll, undefined, now())).whole;
    },
  };
}

function partOf(error: unknown): readonly SeenVersion[] {
  if (error instanceof PartlySeen) return error.seen;
  throw error;
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
