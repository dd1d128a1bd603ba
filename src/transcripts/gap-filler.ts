/** What the socket did not tell: conversations that began or ended unheard, and what was said in the meantime. */
import type { Conversations } from '../genesys/conversations.ts';
import { routeOf } from '../genesys/conversations-route.ts';
import type { ConversationRoute, Route } from '../genesys/conversations-route.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import { isWhole } from './followed.ts';
import type { Followed, FollowedConversations } from './followed.ts';
import { Gaps, isSilent, isSilentIn } from './gaps.ts';
import type { Gap } from './gaps.ts';
import { PacedReads } from './paced-reads.ts';
import { retry } from './retry.ts';
import type { Waiting } from './retry.ts';
import { inQueues } from './stream.ts';
import { readTranscript } from './transcript.ts';
import type { SpokenPhrase } from './transcript.ts';

export interface GapParts {
  readonly conversations: Conversations;
  readonly transcripts: Transcripts;
  readonly followed: FollowedConversations;
  readonly waiting: Waiting;
  readonly now: () => number;
  /** After the end of a conversation, until its transcript is looked for, and between two tries. */
  readonly settleMs: number;
  readonly maxTries: number;
  /** Between two reads: what was missed must not use up the rate that others need. */
  readonly readEveryMs: number;
  /** Conversations that wait to be read; beyond it the oldest is taken for one whose transcript never came. */
  readonly maxUnread: number;
  /** It is over for long enough that nothing more of it is told. */
  readonly onSettled: (followed: Followed) => void;
  /** Runs in the organisation, though the socket may not have told of it. */
  readonly onFound: (conversationId: string, at: Route, route: ConversationRoute, gap: Gap) => void;
  readonly onPhrase: (followed: Followed, phrase: SpokenPhrase) => void;
  /** All that can be had of it has come. */
  readonly onFilled: (followed: Followed) => void;
  /** Its transcript never came. */
  readonly onMissing: (followed: Followed) => void;
  /** Nothing that waiting could mend. */
  readonly onFailure: (error: unknown) => void;
}

/** A conversation is looked for from this long before it was first met. */
const LOOK_BACK_MS = 24 * 60 * 60_000;

/** A page. */
const IDS_AT_ONCE = 100;

const MAX_WAIT_FACTOR = 16;

export class GapFiller {
  readonly #parts: GapParts;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #gaps: Gaps;
  #lookAgain: NodeJS.Timeout | undefined;
  /** A look runs, or waits for its turn. */
  #isLooking = false;
  #waitFactor = 1;
  #closed = false;
  readonly #reads: PacedReads;

  constructor(parts: GapParts) {
    this.#parts = parts;
    this.#gaps = new Gaps(parts.settleMs);
    this.#reads = new PacedReads({
      sleep: parts.waiting.sleep,
      readEveryMs: parts.readEveryMs,
      maxUnread: parts.maxUnread,
      onGivenUp: parts.onMissing,
      onPassing: (again) => {
        this.#after(parts.settleMs, again);
      },
      onFailure: parts.onFailure,
    });
  }

  /** They are heard again; a conversation that ran there since `fromMs` (ms since the epoch) may be unknown, or over. */
  missed(fromMs: number, queueIds: readonly string[]): void {
    if (queueIds.length === 0) return;
    this.#gaps.add({ queueIds, fromMs, toMs: this.#parts.now(), endedAt: performance.now() });
    this.#waitFactor = 1;
    this.#lookIn(0);
  }

  /** Nobody asks for its conversations any more. */
  leave(queueId: string): void {
    this.#gaps.leave(queueId);
  }

  /** Looks for the transcript of a conversation that is over, again and again, until it came or never will. */
  fillLater(followed: Followed): void {
    this.#after(this.#parts.settleMs, () => {
      this.#parts.onSettled(followed);
      if (isWhole(followed)) return this.#parts.onFilled(followed);
      this.#reads.fill(followed, () => this.#tryToFill(followed));
    });
  }

  close(): void {
    this.#closed = true;
    this.#reads.close();
    clearTimeout(this.#lookAgain);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Which conversations began or ended unheard: one look at a time at all gaps, until all are settled. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#reads.find(async () => {
      const askedAt = performance.now();
      for (const gap of this.#gaps.all) {
        gap.isLookedAt = true;
        if (gap.queueIds.size > 0) await this.#lookAt(gap);
      }
      this.#isLooking = false;
      this.#gaps.settle(askedAt, this.#parts.followed.open());
      this.#lookLater(askedAt);
    });
  }

  /** Where only a conversation that gives no sign of life is waited for, more and more seldom. */
  #lookLater(askedAt: number): void {
    const { all } = this.#gaps;
    if (all.length === 0) return;
    if (all.some(({ isLookedAt }) => !isLookedAt)) return this.#lookIn(0);
    this.#lookIn(this.#parts.settleMs * this.#waitFactor);
    if (all.some((gap) => this.#gaps.isFresh(gap, askedAt))) return;
    this.#waitFactor = Math.min(MAX_WAIT_FACTOR, this.#waitFactor * 2);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#lookAgain);
    if (this.#closed) return;
    this.#lookAgain = setTimeout(() => {
      this.#look();
    }, ms);
  }

  /** A little around the gap too: an end is told late, and analytics has a clock of its own. */
  async #lookAt(gap: Gap): Promise<void> {
    const { conversations, now, settleMs, waiting } = this.#parts;
    const { fromMs, queueIds } = gap;
    const toMs = Math.max(Math.min(now(), gap.toMs + settleMs), fromMs + 1);
    const query = { fromMs: fromMs - settleMs, toMs, segmentFilters: [inQueues([...queueIds])] };
    const details = await retry(() => all(conversations.details(query)), waiting);
    for (const detail of details) this.#take(detail, gap);
    await this.#lookForSilent(gap, new Set(details.map(({ conversationId }) => conversationId)));
  }

  /** Of whom it did not tell: their end may have come long before it, in a gap that is not looked at any more. */
  async #lookForSilent(gap: Gap, told: ReadonlySet<string>): Promise<void> {
    const { conversations, followed, now, waiting } = this.#parts;
    const silent = followed.open().filter((one) => isSilent(one) && isSilentIn(gap, one) && !told.has(one.id));
    for (let from = 0; from < silent.length; from += IDS_AT_ONCE) {
      const some = silent.slice(from, from + IDS_AT_ONCE);
      const query = {
        fromMs: Math.min(...some.map(({ sinceMs }) => sinceMs)) - LOOK_BACK_MS,
        toMs: now() + 1,
        conversationFilters: [isOneOf(some.map(({ id }) => id))],
      };
      for (const detail of await retry(() => all(conversations.details(query)), waiting)) this.#take(detail, gap);
    }
  }

  #take(detail: ConversationDetail, gap: Gap): void {
    const { followed, now, onFound } = this.#parts;
    const { conversationId: id } = detail;
    const route = routeOf(detail);
    const ranInIt = route.endMs === null || route.endMs >= gap.fromMs;
    const isNew = ranInIt && !followed.isOver(id) && !gap.found.has(id);
    gap.found.add(id);
    if (isNew || followed.get(id) !== undefined) onFound(id, route.at(now()), route, gap);
  }

  async #tryToFill(followed: Followed): Promise<void> {
    const { maxTries, onFilled, onMissing } = this.#parts;
    if (this.#parts.followed.isOver(followed.id)) return;
    if (await this.#fill(followed)) return onFilled(followed);
    followed.tries += 1;
    if (followed.tries < maxTries) return this.fillLater(followed);
    onMissing(followed);
  }

  /** False while there is no transcript. */
  async #fill(followed: Followed): Promise<boolean> {
    const { conversations, transcripts, now, waiting, onPhrase } = this.#parts;
    const query = {
      fromMs: followed.sinceMs - LOOK_BACK_MS,
      toMs: now() + 1,
      conversationFilters: [isOneOf([followed.id])],
    };
    const [detail] = await retry(() => all(conversations.details(query)), waiting);
    const transcript = detail === undefined ? null : await readTranscript(transcripts, detail, waiting);
    if (transcript === null || this.#closed) return this.#closed;
    for (const phrase of followed.phrases.missedOf(transcript.phrases)) onPhrase(followed, phrase);
    return true;
  }

  #after(ms: number, act: () => void): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

function isOneOf(ids: readonly string[]): object {
  const is = { type: 'dimension', dimension: 'conversationId', operator: 'matches' };
  return { type: 'or', predicates: ids.map((value) => ({ ...is, value })) };
}

async function all(details: AsyncIterable<ConversationDetail>): Promise<ConversationDetail[]> {
  const found: ConversationDetail[] = [];
  for await (const detail of details) found.push(detail);
  return found;
}
