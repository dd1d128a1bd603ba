/**
 * What one connection asks, put to the thread: a transaction is the guest's alone, and no guest keeps the database from
 * its owner for longer than a statement, or a short silence in a transaction.
 */
import type { PgliteCalls, PgliteThread } from '../pglite-calls.ts';
import { StoreError } from '../errors.ts';
import type { Turns } from './turns.ts';

/** A guest that is stopped in a transaction holds up everybody; it is rolled back after so long without a word. */
export const SILENCE_MS = 5_000;

export interface GuestParts {
  readonly thread: PgliteThread;
  /** Of all guests: one statement or transaction of theirs at a time, so that the owner waits for one at most. */
  readonly turns: Turns;
  readonly onNotify: (listener: number, payload: string) => void;
  /** The guest was silent for too long: it is told, and let go. */
  readonly onSilence: (error: StoreError) => void;
  readonly silenceMs: number;
}

/** `leave` is called when the connection ends, however it does. */
export interface Guest extends Omit<PgliteCalls, 'open'> {
  leave(): Promise<void>;
}

/** Ours and the thread's numbers of what is open. */
interface OpenTransaction {
  readonly id: number;
  readonly endTurn: () => void;
  underWay: number;
  timer?: NodeJS.Timeout;
}

export function createGuest({ thread, turns, onNotify, onSilence, silenceMs }: GuestParts): Guest {
  const transactions = new Map<number, OpenTransaction>();
  const listeners = new Map<number, number>();
  const pending = new Set<Promise<unknown>>();
  let left = false;

  const tracked = async <T>(work: Promise<T>): Promise<T> => {
    pending.add(work);
    try {
      return await work;
    } finally {
      pending.delete(work);
    }
  };
  const end = async (theirs: number, commit: boolean): Promise<void> => {
    const open = found(transactions, theirs);
    transactions.delete(theirs);
    clearTimeout(open.timer);
    try {
      await thread.end({ transaction: open.id, commit });
    } finally {
      open.endTurn();
    }
  };
  const listenForSilence = (theirs: number, open: OpenTransaction): void => {
    clearTimeout(open.timer);
    if (open.underWay > 0 || transactions.get(theirs) !== open) return;
    open.timer = setTimeout(() => {
      end(theirs, false).catch(() => undefined);
      onSilence(silent(silenceMs));
    }, silenceMs);
  };
  const begin = async (theirs: number): Promise<void> => {
    const endTurn = await turns.take();
    const open: OpenTransaction = { id: thread.nextId(), endTurn, underWay: 0 };
    try {
      if (left) throw gone();
      await thread.begin({ transaction: open.id });
    } catch (error) {
      endTurn();
      throw error;
    }
    transactions.set(theirs, open);
    // The guest went while it waited: nobody else would end it.
    if (left) await end(theirs, false);
    else listenForSilence(theirs, open);
  };
  const within = async (theirs: number, statement: Statement) => {
    const open = found(transactions, theirs);
    open.underWay += 1;
    clearTimeout(open.timer);
    try {
      return await thread.query({ ...statement, transaction: open.id });
    } finally {
      open.underWay -= 1;
      listenForSilence(theirs, open);
    }
  };
  const alone = async (statement: Statement) => {
    const endTurn = await turns.take();
    try {
      if (left) throw gone();
      return await thread.query({ ...statement, transaction: undefined });
    } finally {
      endTurn();
    }
  };
  const unlisten = async (theirs: number): Promise<void> => {
    const ours = listeners.get(theirs);
    listeners.delete(theirs);
    if (ours === undefined) return;
    thread.onNotify(ours, null);
    await thread.unlisten({ listener: ours });
  };

  return {
    query: ({ sql, params, transaction }) =>
      tracked(transaction === undefined ? alone({ sql, params }) : within(transaction, { sql, params })),
    begin: ({ transaction }) => tracked(begin(transaction)),
    end: ({ transaction, commit }) => tracked(end(transaction, commit)),
    async listen({ channel, listener }) {
      const ours = thread.nextId();
      listeners.set(listener, ours);
      thread.onNotify(ours, (payload) => onNotify(listener, payload));
      await thread.listen({ channel, listener: ours });
      if (left) await unlisten(listener);
    },
    unlisten: ({ listener }) => unlisten(listener),
    /** What was asked before is done first. */
    async close() {
      await Promise.allSettled(pending);
    },
    async leave() {
      left = true;
      const ends = [...transactions.keys()].map((theirs) => end(theirs, false));
      await Promise.allSettled([...ends, ...[...listeners.keys()].map(unlisten)]);
    },
  };
}

interface Statement {
  readonly sql: string;
  readonly params: readonly (string | null)[];
}

function found(transactions: ReadonlyMap<number, OpenTransaction>, theirs: number): OpenTransaction {
  const open = transactions.get(theirs);
  if (open === undefined) throw new StoreError('store-ended', 'This transaction has ended; nothing of it was kept.');
  return open;
}

function silent(silenceMs: number): StoreError {
  return new StoreError(
    'store-ended',
    `This process was silent in a transaction for ${silenceMs / 1000} s, while everybody else waited for the embedded ` +
      'database: the transaction was rolled back, and nothing of it was kept. Run it again.',
  );
}

function gone(): StoreError {
  return new StoreError('store-ended', 'Whoever asked has gone.');
}
