/** The same request again, under the same Idempotency-Key of the same person, has the answer of the first; two at once are one. */
import { createHash } from 'node:crypto';
import { refusal } from './problem.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
  /** In the place of the body: a page, with the policy under which it is shown. */
  readonly page?: { readonly html: string; readonly policy: string };
}

interface Kept {
  readonly request: string;
  readonly untilMs: number;
  readonly answer: Promise<Answer>;
}

const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT = 10_000;

export interface Once {
  /** `request`: all that was asked. What fails is not kept: it may be tried again under its key. */
  of(id: string, request: string, work: () => Promise<Answer>): Promise<Answer>;
}

export function createOnce(clock: () => number): Once {
  const kept = new Map<string, Kept>();
  return {
    of(id, request, work) {
      const known = kept.get(id);
      const asked = createHash('sha256').update(request).digest('base64url');
      if (known !== undefined && known.untilMs > clock()) {
        if (known.request === asked) return known.answer;
        throw refusal(
          'api-key-reused',
          'This Idempotency-Key came before with another request.',
          'Take a new key for every act, and the same one only to repeat it. Nothing was done.',
        );
      }
      const answer = work();
      const mine = { request: asked, untilMs: clock() + KEPT_MS, answer };
      kept.delete(id);
      kept.set(id, mine);
      answer.catch(() => kept.get(id) === mine && kept.delete(id));
      for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
      return answer;
    },
  };
}
