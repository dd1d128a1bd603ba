/**
 * Gives the texts that rules ask for: the arm by the conversation's bucket, one answer for each suggestion whoever of
 * the responders is first, the newest first where the rate does not suffice. In doubt the text of the arm that was not
 * taken out, at once: until a promotion the baseline's. That is no card then, whatever arm it would have been: else a
 * candidate would be judged on its quick ones, and a baseline on all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suggestion } from '../domain/plan/plan.ts';
import type { VersionRef } from '../domain/rollout/deployment.ts';
import { servedText } from '../domain/split/served-text.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { Suggestions } from '../genesys/suggestions.ts';
import { answersOf, markGiven, takeOver } from '../store/copilot-answers.ts';
import type { Given } from '../store/copilot-answers.ts';
import type { CopilotRow } from '../store/copilot.ts';
import type { Database } from '../store/database.ts';
import { within } from '../store/within.ts';
import { createBacklog } from './backlog.ts';
import type { Backlog } from './backlog.ts';
import { choiceAfterClaim, choiceOf } from './choice.ts';
import type { Asking, Choice } from './choice.ts';
import { claimed, renewed, STORE_MS } from './claiming.ts';
import type { Claim } from './claiming.ts';
import { eventOf, withheldEvent } from './engagement.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { ResponderState } from './state.ts';
import type { SuggestionTold } from './suggestion-told.ts';

export interface AnswerCounts {
  answered: number;
  /** The candidate's conversation got the baseline's text: too late, or the lease was lost. */
  fellBack: number;
  /** Answered, and a card of neither arm: too late, or in doubt. */
  uncounted: number;
  /** Nobody answered: the rate did not suffice, or the organisation did not take it in time. */
  unanswered: number;
  /** Another text was there already, or the suggestion was over. */
  refused: number;
}

export interface AnsweringParts {
  readonly db: Database;
  readonly suggestions: Suggestions;
  readonly state: ResponderState;
  readonly events: EventBuffer;
  readonly textOf: (versionId: string) => Promise<Suggestion>;
  readonly onTrouble: (error: unknown) => void;
  /** As that of `state`. */
  readonly clock: () => number;
}

export interface Answering {
  readonly counts: Readonly<AnswerCounts>;
  /** What was given and is not on record, for the store was away too long. */
  readonly lost: number;
  /** `ageMs`: of the suggestion when it was heard. */
  ask(row: CopilotRow, told: SuggestionTold, ageMs: number): void;
  close(): Promise<void>;
}

/** A candidate's text that came so late could be told from the baseline's by that alone. */
const LATE_MS = 3_000;
/** The agent has gone on. */
const GIVE_UP_MS = 15_000;
const AT_ONCE = 4;
/** Of another responder that claimed and may have died. */
const TAKE_OVER_MS = 2_000;
/** What was claimed less long ago is taken over by nobody. */
const TAKEN_FROM_MS = TAKE_OVER_MS / 2;
const MAX_WAITING = 10_000;
/** Longer than a request may take. */
const CLOSING_MS = 6_000;

export function createAnswering(parts: AnsweringParts): Answering {
  return new Answers(parts);
}

interface Asked {
  readonly action: string;
  readonly told: SuggestionTold;
  /** By the clock of this process. */
  readonly sinceMs: number;
  /** The version that it is ours with; null: no card. */
  claimed?: string | null;
  /** By the clock of this process, from the start of the claim; without: it is not ours, as far as the store said. */
  heldMs?: number | undefined;
  given?: Given;
}

type Shown = Choice & { readonly version: VersionRef };

class Answers implements Answering {
  readonly counts: AnswerCounts = { answered: 0, fellBack: 0, uncounted: 0, unanswered: 0, refused: 0 };
  readonly #parts: AnsweringParts;
  /** The newest last. */
  #waiting: Asked[] = [];
  readonly #known = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #closedUntil = -Infinity;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;
  readonly #given: Backlog<Given>;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
    this.#given = createBacklog<Given>({
      work: async (given) => {
        await markGiven(parts.db, parts.state.id, given);
        return [];
      },
      maxWaiting: MAX_WAITING,
      onTrouble: parts.onTrouble,
    });
  }

  get lost(): number {
    return this.#given.lost;
  }

  ask({ action }: CopilotRow, told: SuggestionTold, ageMs: number): void {
    if (this.#known.has(told.suggestionId)) return;
    this.#known.add(told.suggestionId);
    if (this.#known.size > MAX_WAITING) this.#known.delete([...this.#known][0] ?? '');
    this.#push({ action, told, sinceMs: this.#parts.clock() - ageMs });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting = [];
    await Promise.race([Promise.all(this.#running), sleep(CLOSING_MS, undefined, { ref: false })]);
    await this.#given.drain();
  }

  #push(asked: Asked): void {
    if (this.#closed) return;
    this.#waiting.push(asked);
    if (this.#waiting.length > MAX_WAITING) this.counts.unanswered += this.#waiting.splice(0, 1).length;
    if (this.#running.size >= AT_ONCE) return;
    const work = this.#work().finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work(): Promise<void> {
    for (let asked = this.#waiting.pop(); asked !== undefined && !this.#closed; asked = this.#waiting.pop()) {
      if (this.#ageOf(asked) > GIVE_UP_MS) {
        this.counts.unanswered += 1;
        continue;
      }
      const waitMs = this.#closedUntil - performance.now();
      if (waitMs > 0) {
        this.#waiting.push(asked);
        await sleep(Math.min(waitMs, 500), undefined, { ref: false });
        continue;
      }
      await this.#answer(asked).catch((error: unknown) => this.#failed(asked, error));
    }
  }

  async #answer(asked: Asked): Promise<void> {
    const { state, clock } = this.#parts;
    const [{ heldMs }, nowMs] = [asked, clock()];
    if (asked.claimed === undefined || (heldMs !== undefined && nowMs - heldMs >= TAKEN_FROM_MS)) {
      const claim = await this.#claim(asked);
      if (claim.is === 'withheld') return this.#withhold(asked, claim.choice);
      if (claim.is === 'of another') return this.#later(asked);
      asked.claimed = claim.is === 'ours' ? claim.versionId : null;
      asked.heldMs = claim.is === 'ours' ? nowMs : undefined;
    }
    // What is not ours for certain another one may have answered, with the store.
    const isDoubtful = asked.heldMs === undefined && (heldMs !== undefined || state.hasStore());
    if (isDoubtful && (await this.#textThere(asked)) !== null) return;
    return this.#give(asked, asked.claimed);
  }

  #claim(asked: Asked): Promise<Claim> {
    const { suggestionId } = asked.told;
    if (asked.claimed !== undefined) return renewed(this.#parts, suggestionId, asked.claimed);
    return claimed(this.#parts, {
      suggestionId,
      action: asked.action,
      choose: (row) => choiceOf(row, this.#asking(asked)),
      // Of a claim that came too late for its text: what it says is what was given.
      onOurs: () => {
        if (asked.given !== undefined) this.#given.add(asked.given);
      },
    });
  }

  async #textThere({ told: { conversationId, suggestionId } }: Asked): Promise<string | null> {
    return (await this.#parts.suggestions.get(conversationId, suggestionId)).thirdPartySuggestion?.text ?? null;
  }

  #withhold({ action, told }: Asked, { isCounted }: Choice): void {
    const { baseline = null, candidate = null } = this.#rowOf(action)?.deployment ?? {};
    const version = candidate ?? baseline;
    if (version !== null && isCounted) this.#parts.events.add(withheldEvent(told, { actionName: action, version }));
  }

  #rowOf(action: string): CopilotRow | undefined {
    return this.#parts.state.rows.find((row) => row.action === action);
  }

  #asking(asked: Asked): Asking {
    const isSure = this.#parts.state.isLeased() && this.#ageOf(asked) <= LATE_MS;
    return { conversationId: asked.told.conversationId, isSure };
  }

  async #give(asked: Asked, claimed: string | null): Promise<void> {
    const { state, suggestions, textOf } = this.#parts;
    const { suggestionId, conversationId } = asked.told;
    const chosenNow = (): Choice => choiceAfterClaim(this.#rowOf(asked.action), claimed, this.#asking(asked));
    const choice = chosenNow();
    if (choice.version === null) return this.#withhold(asked, choice);
    const content = await within(STORE_MS, textOf(choice.version.id), `A text took longer than ${STORE_MS} ms.`);
    // What is sent is decided in the same turn in which it is: no change of the split comes between.
    const { version, isCounted } = chosenNow();
    if (version?.id !== choice.version.id) return this.#give(asked, claimed);
    if (this.#ageOf(asked) > GIVE_UP_MS) {
      this.counts.unanswered += 1;
      return;
    }
    const text = { title: content.title ?? asked.action, text: content.text, sources: content.sources };
    // Should it be sent again: neither another one, nor as a card when it was none.
    asked.claimed = isCounted ? version.id : null;
    try {
      await state.underWay(() => suggestions.answer(conversationId, suggestionId, text));
      this.#shown(asked, { version, isCounted });
    } catch (error) {
      await this.#unclear(asked, { version, isCounted }, content, error);
    }
  }

  #shown(asked: Asked, { version, isCounted }: Shown): void {
    const { action, told } = asked;
    const row = this.#rowOf(action);
    const meant = row && servedText(row, told.conversationId);
    this.counts.answered += 1;
    if (meant != null && meant.id !== version.id) this.counts.fellBack += 1;
    if (isCounted) this.#parts.events.add(eventOf({ ...told, state: 'Suggested' }, { actionName: action, version }));
    else this.counts.uncounted += 1;
    asked.given = { suggestionId: told.suggestionId, versionId: version.id, isCounted, isFound: false };
    this.#given.add(asked.given);
  }

  /** Whose it was, and whether it came in time, nobody can tell: a card of neither arm, and on record as shown. */
  #found({ told: { suggestionId } }: Asked, versionId: string): void {
    this.counts.answered += 1;
    this.counts.uncounted += 1;
    this.#given.add({ suggestionId, versionId, isCounted: false, isFound: true });
  }

  /** What became of an answer that was not heard is asked first: a second text is not known to be harmless. */
  async #unclear(asked: Asked, shown: Shown, content: Suggestion, error: unknown): Promise<void> {
    if (!isGenesysError(error, 'timeout', 'network', 'unavailable', 'conflict')) throw error;
    const there = await this.#textThere(asked);
    const isConflict = isGenesysError(error, 'conflict');
    if (there === content.text) return isConflict ? this.#found(asked, shown.version.id) : this.#shown(asked, shown);
    if (there !== null || isConflict) {
      this.counts.refused += 1;
      return;
    }
    this.#push(asked);
  }

  #failed(asked: Asked, error: unknown): void {
    if (isGenesysError(error, 'rateLimited')) {
      this.#closedUntil = performance.now() + (error.retryAfterMs ?? 1_000);
      this.#waiting.push(asked);
      this.#waiting.sort((a, b) => a.sinceMs - b.sinceMs);
      return;
    }
    const isOver = isGenesysError(error, 'notFound', 'badRequest', 'conflict');
    this.counts[isOver ? 'refused' : 'unanswered'] += 1;
    this.#parts.onTrouble(error);
  }

  /** Another has it. Should it not have answered by then, it may have died. */
  #later(asked: Asked): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#rescue(asked).catch(this.#parts.onTrouble);
    }, TAKE_OVER_MS);
    this.#timers.add(timer);
  }

  async #rescue(asked: Asked): Promise<void> {
    const { db, state, textOf, clock } = this.#parts;
    const { suggestionId } = asked.told;
    const heldMs = clock();
    const [answer] = await answersOf(db, [suggestionId]);
    if (answer === undefined || answer.answeredAt !== null) return;
    if (!(await takeOver(db, { suggestionId, responderId: state.id, olderThanMs: TAKEN_FROM_MS }))) return;
    const there = await this.#textThere(asked);
    if (there === null) return this.#push({ ...asked, claimed: answer.versionId, heldMs });
    if (there === (await textOf(answer.versionId)).text) this.#found(asked, answer.versionId);
  }

  #ageOf({ sinceMs }: Asked): number {
    return this.#parts.clock() - sinceMs;
  }
}
