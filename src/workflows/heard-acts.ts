/**
 * One act may come twice: as an update, and as the signal that was stored since nobody seemed to answer that. Whichever
 * is second is answered as the first was.
 */
import type { Act } from '../domain/rollout/acts.ts';
import { parseAct } from '../domain/rollout/messages.ts';

export interface NotTaken {
  readonly why: string;
  /** Of this person; another may. */
  readonly isForbidden: boolean;
}

export interface HeardActs {
  /** The answer to the very same act, where that was heard before. */
  once(act: Act, given: unknown, take: () => Promise<NotTaken | null>): Promise<NotTaken | null>;
  /** It was done: whoever sends it again, signed anew, is answered so, once it is known that it is they. */
  isDone(act: Act, given: unknown): boolean;
  /** It was asked for, and nobody has said yet whether it is done. */
  isAsked(act: Act): boolean;
  done(act: Act, given: unknown): void;
}

export function createHeardActs(): HeardActs {
  const answers = new Map<string, Promise<NotTaken | null>>();
  const acts = new Set<string>();
  const asked: Act[] = [];
  const begin = (act: Act, take: () => Promise<NotTaken | null>): Promise<NotTaken | null> => {
    asked.push(act);
    const answer = take();
    const over = (): void => void asked.splice(asked.indexOf(act), 1);
    void answer.then(over, over);
    return answer;
  };
  return {
    once(act, given, take) {
      const key = keyOf(act, given);
      if (key === null) return begin(act, take);
      // What somebody else says in their name, and could not sign, answers nothing of theirs.
      const exactly = JSON.stringify([key, parseAct(given).signature]);
      const answer = answers.get(exactly) ?? begin(act, take);
      answers.set(exactly, answer);
      return answer;
    },
    isDone(act, given) {
      const key = keyOf(act, given);
      return key !== null && acts.has(key);
    },
    isAsked: (act) => asked.includes(act),
    done(act, given) {
      const key = keyOf(act, given);
      if (key !== null) acts.add(key);
    },
  };
}

/** Null: whoever gave it gave it no id, so it is an act of its own. */
function keyOf(act: Act, given: unknown): string | null {
  const { id, by, reason } = parseAct(given);
  return typeof id === 'string' && id !== '' ? JSON.stringify([act, id, by, reason]) : null;
}
