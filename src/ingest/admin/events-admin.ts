/** What a person may look at and do with what came in: figures, dead letters, and trying one again. */
import {
  getDeadLetter,
  isHollow,
  listDeadLetters,
  countDeadLetters,
  markReplayed,
  returnToOutbox,
} from '../../store/dead-letters.ts';
import type { DeadLetter, DeadLetterKind, DeadLetterQuery } from '../../store/dead-letters.ts';
import type { Database } from '../../store/database.ts';
import { RECENT_CARDS, readEventStats } from '../../store/event-stats.ts';
import type { EventStats } from '../../store/event-stats.ts';
import type { Stored } from '../../store/events.ts';
import { readBacklog } from '../../store/outbox.ts';
import type { Backlog } from '../../store/outbox.ts';
import type { IntakeState } from '../intake/counts.ts';
import { IngestRefusal } from '../problem.ts';

export interface ShownDeadLetter extends DeadLetter {
  /** As text where it is UTF-8, else null. */
  readonly text: string | null;
  readonly base64: string;
}

export interface Replayed {
  readonly id: number;
  readonly kind: DeadLetterKind;
  /** Of a push. A message to a destination is returned to the outbox instead. */
  readonly stored: Stored | null;
}

export interface AdminStats extends EventStats {
  /** Of the events service that was asked; absent where the database was. */
  readonly intake?: IntakeState;
  readonly deadLetters: { readonly intake: number; readonly forward: number };
  /** Per destination; `pending` is counted up to a million. */
  readonly outbox: readonly Backlog[];
}

/** Throws IngestRefusal: dead-letter-unknown, -cut, -replayed, or what the push is refused for once more. */
export interface EventsAdmin {
  stats(recentCards?: number): Promise<AdminStats>;
  list(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  show(id: number): Promise<ShownDeadLetter>;
  replay(id: number): Promise<Replayed>;
}

export interface EventsAdminParts {
  readonly db: Database;
  readonly now: () => number;
  /** The path of every push; of the source that it came from. */
  readonly store: (body: Uint8Array, source: string | null) => Promise<Stored>;
}

const MAX_COUNTED = 1_000_000;

export function createEventsAdmin({ db, now, store }: EventsAdminParts): EventsAdmin {
  return {
    async stats(recentCards = RECENT_CARDS) {
      const stats = await readEventStats(db, recentCards);
      const deadLetters = {
        intake: await countDeadLetters(db, 'intake'),
        forward: await countDeadLetters(db, 'forward'),
      };
      return { ...stats, deadLetters, outbox: await readBacklog(db, MAX_COUNTED) };
    },
    list: (query) => listDeadLetters(db, query),
    async show(id) {
      const { body, ...letter } = await find(db, id);
      return { ...letter, text: textOf(body), base64: Buffer.from(body).toString('base64') };
    },
    async replay(id) {
      const letter = await find(db, id);
      if (letter.replayedAt !== null) throw new IngestRefusal('dead-letter-replayed');
      if (isHollow(letter)) throw new IngestRefusal('dead-letter-cut');
      if (letter.kind === 'forward') {
        if (await returnToOutbox(db, id, new Date(now()))) return { id, kind: letter.kind, stored: null };
        throw new IngestRefusal('dead-letter-replayed');
      }
      if (letter.cut) throw new IngestRefusal('dead-letter-cut');
      const stored = await store(letter.body, letter.source);
      await markReplayed(db, id, new Date(now()), `stored ${stored.stored}, duplicates ${stored.duplicates}`);
      return { id, kind: letter.kind, stored };
    },
  };
}

async function find(db: Database, id: number) {
  const letter = await getDeadLetter(db, id);
  if (letter) return letter;
  throw new IngestRefusal('dead-letter-unknown');
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
