/**
 * One ear for all watches of this process. A notification wakes those whom it concerns and nobody else; and since one may
 * be lost, the store is asked every few seconds, once for all who have heard nothing, what lies before each of them.
 */
import type { Database } from '../store/database.ts';
import { EXPOSURES_CHANNEL } from '../store/events.ts';
import { unreadPrints } from '../store/unread-cards.ts';

export interface CardNews {
  /** Resolves once nothing that is told from now on is missed; the answer ends it. */
  follow(follower: Follower): Promise<() => void>;
}

export interface Follower {
  readonly actionIds: readonly string[];
  /** Every card up to this one has been taken. */
  readonly cursor: () => number;
  /** Cards of these versions came or changed, or may have. */
  readonly wake: () => void;
}

/** What was lost is found by the second look after it: well within ten seconds. */
const LOOK_MS = 4000;

interface Following extends Follower {
  /** Since the look before. */
  heard: boolean;
  /** What lay before it when it was woken last; null: not known. */
  print: string | null;
}

type News = Pick<Database, 'listen' | 'query'>;

const ears = new WeakMap<News, CardNews>();

/** The one of this store. */
export function cardNewsOf(db: News): CardNews {
  const ear = ears.get(db) ?? createCardNews(db);
  ears.set(db, ear);
  return ear;
}

export function createCardNews(db: News, lookMs = LOOK_MS): CardNews {
  const all = new Set<Following>();
  const ofAction = new Map<string, Set<Following>>();
  let listening: Promise<() => Promise<void>> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  const tell = (told: Iterable<Following>): void => {
    for (const one of told) {
      one.heard = true;
      one.wake();
    }
  };

  /** An empty payload says that nobody knows what was missed. An id with a comma in it is found by the look. */
  const hear = (payload: string): void => {
    if (payload === '') return tell(all);
    for (const actionId of payload.split(',')) tell(ofAction.get(actionId) ?? []);
  };

  const look = async (): Promise<void> => {
    const silent: Following[] = [];
    for (const one of all) {
      if (one.heard) Object.assign(one, { heard: false, print: null });
      else silent.push(one);
    }
    if (silent.length === 0) return;
    const places = silent.map(({ actionIds, cursor }) => ({ actionIds, afterSeq: cursor() }));
    // Whoever cannot be asked for finds out by itself that the store is away: that is a watch that fails.
    const prints = await unreadPrints(db, places).catch(() => null);
    silent.forEach((one, place) => {
      if (prints === null) return one.wake();
      const print = prints[place] ?? '';
      if (one.heard || one.print === print) return;
      one.print = print;
      one.wake();
    });
  };

  const lookUnlessLooking = (): void => {
    looking ??= look().finally(() => {
      looking = null;
    });
  };

  const add = (one: Following): void => {
    all.add(one);
    for (const id of one.actionIds) ofAction.set(id, (ofAction.get(id) ?? new Set()).add(one));
    timer ??= setInterval(lookUnlessLooking, lookMs);
  };

  const leave = (one: Following): void => {
    if (!all.delete(one)) return;
    for (const id of one.actionIds) {
      const others = ofAction.get(id);
      others?.delete(one);
      if (others?.size === 0) ofAction.delete(id);
    }
    if (all.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    // Not waited for: it queues behind the intake's commits, and the judge's word must not. A store that is gone hears
    // nothing anyway.
    listening?.then((stop) => stop()).catch(() => undefined);
    listening = null;
  };

  return {
    async follow(follower) {
      const one: Following = { ...follower, heard: true, print: null };
      add(one);
      try {
        await (listening ??= db.listen(EXPOSURES_CHANNEL, hear));
      } catch (error) {
        listening = null;
        leave(one);
        throw error;
      }
      return () => leave(one);
    },
  };
}
