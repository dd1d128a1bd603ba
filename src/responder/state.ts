/**
 * What a responder goes by: the rows as they stand, and its lease. Only while the lease is held may it show a candidate;
 * and it confirms a change only when nothing that it chose before is on its way any more. By a store that turns out to
 * be an older one it shows none for a while.
 */
import { randomUUID } from 'node:crypto';
import { isSetBack, SET_BACK_MS } from '../domain/split/set-back.ts';
import { createRounds } from '../domain/shared/rounds.ts';
import type { Rounds } from '../domain/shared/rounds.ts';
import { COPILOT_CHANNEL, copilotRows } from '../store/copilot.ts';
import type { CopilotRow } from '../store/copilot.ts';
import { endResponder, renewResponder, RESPONDER_LEASE_MS } from '../store/copilot-responders.ts';
import type { Database } from '../store/database.ts';

export interface ResponderState {
  readonly id: string;
  readonly rows: readonly CopilotRow[];
  /** All changes up to it are in `rows`. */
  readonly epoch: number;
  isLeased(): boolean;
  /** It answered in the time of a lease. */
  hasStore(): boolean;
  /** Runs while something that was chosen by `epoch` is on its way. */
  underWay<T>(work: () => Promise<T>): Promise<T>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface StateParts {
  readonly db: Database;
  readonly onRows: (rows: readonly CopilotRow[]) => void;
  readonly onTrouble: (error: unknown) => void;
  /** Counts the time in which the machine was stopped: what waits for this lease to run out counts it too. */
  readonly clock: () => number;
}

const RENEW_MS = 1_500;

export function createResponderState(parts: StateParts): ResponderState {
  return new State(parts);
}

class State implements ResponderState {
  readonly id = randomUUID();
  rows: readonly CopilotRow[] = [];
  epoch = 0;
  readonly #parts: StateParts;
  readonly #underWay = new Set<{ readonly epoch: number }>();
  /** By the clock of this process, from the start of the last good renewal. */
  #leasedUntil = -Infinity;
  #setBackUntil = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => Promise<void>) | undefined;
  readonly #rounds: Rounds;

  constructor(parts: StateParts) {
    this.#parts = parts;
    this.#rounds = createRounds(() => this.#renew(), parts.onTrouble);
  }

  isLeased(): boolean {
    return this.hasStore() && this.#parts.clock() >= this.#setBackUntil;
  }

  hasStore(): boolean {
    return this.#parts.clock() < this.#leasedUntil;
  }

  async underWay<T>(work: () => Promise<T>): Promise<T> {
    const mark = { epoch: this.epoch };
    this.#underWay.add(mark);
    try {
      return await work();
    } finally {
      this.#underWay.delete(mark);
      if (mark.epoch < this.epoch) this.#rounds.wake();
    }
  }

  async start(): Promise<void> {
    this.#stopListening = await this.#parts.db.listen(COPILOT_CHANNEL, () => {
      this.#rounds.wake();
    });
    this.#rounds.wake();
    this.#timer = setInterval(() => {
      this.#rounds.wake();
    }, RENEW_MS);
    await this.#rounds.idle();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#rounds.close();
    this.#leasedUntil = -Infinity;
    await this.#stopListening?.().catch(() => undefined);
    await endResponder(this.#parts.db, this.id).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { db, onRows, clock } = this.#parts;
    const startedAt = clock();
    const rows = await copilotRows(db);
    const epoch = Math.max(0, ...rows.map((row) => row.epoch));
    if (isSetBack(epochsOf(this.rows), epochsOf(rows))) {
      this.#setBackUntil = clock() + SET_BACK_MS;
      this.#parts.onTrouble(new Error(SET_BACK));
    }
    const isNews = epoch !== this.epoch || rows.length !== this.rows.length;
    this.rows = rows;
    this.epoch = epoch;
    if (isNews) onRows(rows);
    const confirmed = Math.min(epoch, ...[...this.#underWay].map((mark) => mark.epoch));
    const lapsed = await renewResponder(db, { id: this.id, epoch: confirmed });
    this.#leasedUntil = lapsed ? -Infinity : startedAt + RESPONDER_LEASE_MS;
    if (lapsed) this.#rounds.wake();
  }
}

const SET_BACK = `The database was restored to an older state: for ${SET_BACK_MS / 1000} s only baselines are answered, until the guardian has looked.`;

function epochsOf(rows: readonly CopilotRow[]): ReadonlyMap<string, number> {
  return new Map(rows.map(({ action, epoch }) => [action, epoch]));
}
