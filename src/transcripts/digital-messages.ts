/** Texts of digital messages, asked for as soon as their ids are told; one call at a time for each conversation. */
import type { DigitalMessage, Messages } from '../genesys/messages.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { Followed } from './followed.ts';
import { retry } from './retry.ts';
import type { Waiting } from './retry.ts';

export interface DigitalParts {
  readonly messages: Messages;
  readonly waiting: Waiting;
  readonly onMessage: (followed: Followed, message: DigitalMessage) => void;
  /** All that was asked for of the conversation has come, or will not. */
  readonly onQuiet: (followed: Followed) => void;
  /** Our client may not read messages: their conversations are read after their end, if at all. */
  readonly onRefused: (error: unknown) => void;
}

export interface DigitalReader {
  read(followed: Followed, ids: readonly string[]): void;
  stop(): void;
}

export function createDigitalReader(parts: DigitalParts): DigitalReader {
  const reading = new Map<Followed, string[]>();
  const state = { stopped: false };
  const work = async (followed: Followed, ids: string[]): Promise<void> => {
    while (ids.length > 0 && !state.stopped) await readSome(parts, followed, ids.splice(0));
    reading.delete(followed);
    if (!state.stopped) parts.onQuiet(followed);
  };
  return {
    read(followed, told) {
      const fresh = told.filter((id) => !followed.messageIds.has(id));
      if (fresh.length === 0 || state.stopped) return;
      for (const id of fresh) followed.messageIds.add(id);
      followed.awaited += fresh.length;
      const running = reading.get(followed);
      if (running !== undefined) return void running.push(...fresh);
      reading.set(followed, fresh);
      void work(followed, fresh);
    },
    stop() {
      state.stopped = true;
    },
  };
}

/** Never rejects: what could not be read is a gap of its conversation. */
async function readSome(parts: DigitalParts, followed: Followed, ids: readonly string[]): Promise<void> {
  try {
    const found = await retry(() => parts.messages.read(followed.id, ids), parts.waiting);
    for (const message of found.toSorted((a, b) => a.sentMs - b.sentMs)) parts.onMessage(followed, message);
    if (found.length < ids.length) followed.gap = true;
  } catch (error) {
    followed.gap = true;
    if (isGenesysError(error, 'forbidden')) parts.onRefused(error);
  } finally {
    followed.awaited -= ids.length;
  }
}
