/** What the socket did not tell: conversations that began or ended unheard, and what was said in the meantime. */
import type { Conversations } from '../genesys/conversations.ts';
import { routeOf } from '../genesys/conversations-route.ts';
import type { ConversationRoute, Route } from '../genesys/conversations-route.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import { isWhole } from './followed.ts';
import type { Followed, FollowedConversations } from './followed.ts';
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
  readonly onFound: (conversationId: string, at: Route, route: ConversationRoute) => void;
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

const MAX_WAIT_FACTOR = 16;

export class GapFiller {
  readonly #parts: GapParts;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Queues of which conversations may be unknown, with since when. */
  readonly #gaps = new Map<string, number>();
  #waitFactor = 1;
  #closed = false;
  readonly #reads: PacedReads;

  constructor(parts: GapParts) {
    this.#parts = parts;
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

  /** A conversation that ran there at some instant since `fromMs` (ms since the epoch) may be unknown, or over. */
  missed(fromMs: number, queueIds: readonly string[]): void {
    if (queueIds.length === 0) return;
    for (const id of queueIds) this.#gaps.set(id, Math.min(fromMs, this.#gaps.get(id) ?? fromMs));
    this.#waitFactor = 1;
    this.#discover();
  }

  /** Nobody asks for its conversations any more. */
  leave(queueId: string): void {
    this.#gaps.delete(queueId);
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
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /**
   * Which conversations began or ended unheard; asked again while one of them gives no sign of life, and once more for
   * late analytics.
   */
  #discover(): void {
    this.#reads.find(async () => {
      const { followed, now, settleMs } = this.#parts;
      const gaps = new Map(this.#gaps);
      if (gaps.size === 0) return;
      const fromMs = Math.min(...gaps.values());
      const toMs = Math.max(now(), fromMs + 1);
      await this.#lookAt([...gaps.keys()], fromMs, toMs);
      const isSilent = ({ gap, ended, heardMs, topicQueueIds }: Followed): boolean =>
        gap && !ended && heardMs < toMs && [...topicQueueIds].some((id) => gaps.has(id));
      if (toMs - fromMs > settleMs && !followed.open().some(isSilent)) {
        for (const [id, at] of gaps) if (this.#gaps.get(id) === at) this.#gaps.delete(id);
        return;
      }
      this.#after(settleMs * this.#waitFactor, () => {
        this.#discover();
      });
      if (toMs - fromMs > settleMs) this.#waitFactor = Math.min(MAX_WAIT_FACTOR, this.#waitFactor * 2);
    });
  }

  async #lookAt(queueIds: readonly string[], fromMs: number, toMs: number): Promise<void> {
    const { conversations, followed, waiting, onFound } = this.#parts;
    const query = { fromMs, toMs, segmentFilters: [inQueues(queueIds)] };
    for (const detail of await retry(() => all(conversations.details(query)), waiting)) {
      if (followed.isOver(detail.conversationId)) continue;
      const route = routeOf(detail);
      if (route.endMs === null || route.endMs >= fromMs) onFound(detail.conversationId, route.at(toMs), route);
    }
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
      conversationFilters: [isConversation(followed.id)],
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

function isConversation(id: string): object {
  const predicate = { type: 'dimension', dimension: 'conversationId', operator: 'matches', value: id };
  return { type: 'or', predicates: [predicate] };
}

async function all(details: AsyncIterable<ConversationDetail>): Promise<ConversationDetail[]> {
  const found: ConversationDetail[] = [];
  for await (const detail of details) found.push(detail);
  return found;
}
