/**
 * Gives the texts that rules ask for: the arm by the conversation's bucket, one answer for each suggestion whoever of
 * the responders is first, the newest first where the rate does not suffice. In doubt the text of the arm that was not
 * taken out, at once: until a promotion the baseline's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suggestion } from '../domain/plan/plan.ts';
import type { VersionRef } from '../domain/rollout/deployment.ts';
import { certainText, servedText } from '../domain/split/served-text.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { Suggestions } from '../genesys/suggestions.ts';
import { answersOf, claimAnswer, markAnswered, setAnswer, takeOver } from '../store/copilot-answers.ts';
import type { CopilotRow } from '../store/copilot.ts';
import type { Database } from '../store/database.ts';
import { eventOf, withheldEvent } from './engagement.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { ResponderState } from './state.ts';
import type { SuggestionTold } from './suggestion-told.ts';

export interface AnswerCounts {
  answered: number;
  /** The candidate's conversation got the baseline's text: too late, or the lease was lost. */
  fellBack: number;
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
  /** Claimed by us, with this version. */
  readonly versionId?: string;
}

class Answers implements Answering {
  readonly counts: AnswerCounts = { answered: 0, fellBack: 0, unanswered: 0, refused: 0 };
  readonly #parts: AnsweringParts;
  /** The newest last. */
  #waiting: Asked[] = [];
  readonly #known = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #closedUntil = -Infinity;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
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

  /** Without the store nobody can be told of a claim: a text that serves for certain can do no harm twice. */
  async #answer(asked: Asked): Promise<void> {
    if (asked.versionId !== undefined) return this.#give(asked, asked.versionId);
    const { db, state } = this.#parts;
    const { suggestionId, conversationId } = asked.told;
    const isNone: boolean[] = [];
    const choose = (row: CopilotRow): string | null => {
      const version = this.#versionFor(row, asked);
      isNone.push(version === null);
      return version?.id ?? null;
    };
    const { action } = asked;
    const claimed = await claimAnswer(db, { suggestionId, action, responderId: state.id, choose }).catch(
      (error: unknown) => {
        this.#parts.onTrouble(error);
        const version = this.#certainOf(action);
        isNone.push(version === null);
        return version && { versionId: version.id };
      },
    );
    if (claimed !== null) return this.#give(asked, claimed.versionId);
    if (isNone.at(-1) === true) this.#withhold(asked);
    else this.#later(asked, conversationId);
  }

  #withhold({ action, told }: Asked): void {
    const { baseline = null, candidate = null } = this.#rowOf(action)?.deployment ?? {};
    const version = candidate ?? baseline;
    if (version !== null) this.#parts.events.add(withheldEvent(told, { actionName: action, version }));
  }

  #rowOf(action: string): CopilotRow | undefined {
    return this.#parts.state.rows.find((row) => row.action === action);
  }

  /** Null: none is shown. */
  #certainOf(action: string): VersionRef | null {
    const row = this.#rowOf(action);
    return row === undefined ? null : certainText(row);
  }

  /** In doubt the baseline's; null: none is shown. */
  #versionFor(row: CopilotRow, asked: Asked): VersionRef | null {
    const version = servedText(row, asked.told.conversationId);
    const { baseline, candidate } = row.deployment;
    const isTried = version !== null && version.id === candidate?.id && row.retired !== 'baseline';
    return !isTried || (this.#parts.state.isLeased() && this.#ageOf(asked) <= LATE_MS) ? version : baseline;
  }

  /** What is sent is decided in the same turn in which it is: no change of the split comes between. */
  async #give(asked: Asked, claimedId: string): Promise<void> {
    const { db, state, suggestions, textOf } = this.#parts;
    const { suggestionId, conversationId } = asked.told;
    const chosen = this.#chosenNow(asked, claimedId);
    if (chosen === null) return this.#withhold(asked);
    const content = await textOf(chosen.id);
    if (chosen.id !== claimedId)
      await setAnswer(db, { suggestionId, responderId: state.id, versionId: chosen.id }).catch(this.#parts.onTrouble);
    const now = this.#chosenNow(asked, chosen.id);
    if (now?.id !== chosen.id) return now === null ? this.#withhold(asked) : this.#give(asked, now.id);
    const text = { title: content.title ?? asked.action, text: content.text, sources: content.sources };
    try {
      await state.underWay(() => suggestions.answer(conversationId, suggestionId, text));
      this.#shown(asked, chosen);
    } catch (error) {
      await this.#unclear({ ...asked, versionId: chosen.id }, chosen, content, error);
    }
  }

  /** The claimed version, or what has become the one to show since: one that was taken out meanwhile is not shown. */
  #chosenNow(asked: Asked, claimedId: string): VersionRef | null {
    const row = this.#rowOf(asked.action);
    const isCandidates = row !== undefined && claimedId === row.deployment.candidate?.id;
    return isCandidates ? this.#versionFor(row, asked) : this.#certainOf(asked.action);
  }

  #shown({ action, told }: Asked, version: VersionRef): void {
    const row = this.#rowOf(action);
    const meant = row && servedText(row, told.conversationId);
    this.counts.answered += 1;
    if (meant != null && meant.id !== version.id) this.counts.fellBack += 1;
    this.#parts.events.add(eventOf({ ...told, state: 'Suggested' }, { actionName: action, version }));
    markAnswered(this.#parts.db, told.suggestionId).catch(this.#parts.onTrouble);
  }

  /** What became of an answer that was not heard is asked first: a second text is not known to be harmless. */
  async #unclear(asked: Asked, version: VersionRef, content: Suggestion, error: unknown): Promise<void> {
    if (!isGenesysError(error, 'timeout', 'network', 'unavailable', 'conflict')) throw error;
    const { told } = asked;
    const found = await this.#parts.suggestions.get(told.conversationId, told.suggestionId);
    const there = found.thirdPartySuggestion?.text;
    if (there === content.text) return this.#shown(asked, version);
    if (there != null || isGenesysError(error, 'conflict')) {
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
  #later(asked: Asked, conversationId: string): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#rescue(asked, conversationId).catch(this.#parts.onTrouble);
    }, TAKE_OVER_MS);
    this.#timers.add(timer);
  }

  async #rescue(asked: Asked, conversationId: string): Promise<void> {
    const { db, state, suggestions, textOf } = this.#parts;
    const { suggestionId } = asked.told;
    const [answer] = await answersOf(db, [suggestionId]);
    if (answer === undefined || answer.answeredAt !== null) return;
    if (!(await takeOver(db, { suggestionId, responderId: state.id, olderThanMs: TAKE_OVER_MS / 2 }))) return;
    const there = (await suggestions.get(conversationId, suggestionId)).thirdPartySuggestion?.text;
    if (there == null) return this.#push({ ...asked, versionId: answer.versionId });
    const version = this.#refOf(asked.action, answer.versionId);
    if (version !== null && there === (await textOf(version.id)).text) this.#shown(asked, version);
  }

  #refOf(action: string, versionId: string): VersionRef | null {
    const { baseline = null, candidate = null } = this.#rowOf(action)?.deployment ?? {};
    return [baseline, candidate].find((ref) => ref?.id === versionId) ?? null;
  }

  #ageOf({ sinceMs }: Asked): number {
    return this.#parts.clock() - sinceMs;
  }
}
