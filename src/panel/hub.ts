/**
 * The open pages of this process, by conversation. Each is brought to what the store says is open in its conversation:
 * a card comes once, what is no longer open is withdrawn. A page that is slow or dead holds up nobody: nothing here
 * waits for one.
 */
import type { OpenCard } from '../store/panel/cards.ts';
import type { CardContent } from './content.ts';
import type { PanelCounts } from './counts.ts';
import type { PanelLogger } from './logger.ts';
import { PanelRefusal } from './problem.ts';
import type { Session, Sessions } from './sessions.ts';
import type { CardOfVersion, Stream } from './stream.ts';

export interface HubDeps {
  readonly cardsToShow: (conversationIds: readonly string[]) => Promise<readonly OpenCard[]>;
  readonly contentOf: (versionId: string) => Promise<CardContent>;
  /** May this process show cards of that version now? Asked again at every moment that one would be sent. */
  readonly serves: (card: CardOfVersion) => boolean;
  /** Must it leave the screen when this process falls silent? So is it with all but the baseline. */
  readonly needsWord: (card: CardOfVersion) => boolean;
  /** Without a lease. */
  readonly isFenced: () => boolean;
  /** Monotonic. */
  readonly clock: () => number;
  readonly sessions: Pick<Sessions, 'receiptOf'>;
  readonly counts: PanelCounts;
  readonly logger?: PanelLogger | undefined;
  readonly limits?: Partial<HubLimits>;
}

export interface HubLimits {
  /** Open pages of this process. */
  readonly streams: number;
  /** Open pages of one agent in one conversation: the oldest makes room. */
  readonly streamsPerSession: number;
  readonly streamsPerUser: number;
  /** A page that has not read for so long is ended; it gets its open cards anew when it comes back. */
  readonly stuckMs: number;
}

export const HUB_LIMITS: HubLimits = { streams: 20_000, streamsPerSession: 4, streamsPerUser: 60, stuckMs: 20_000 };

export interface Hub {
  /**
   * Throws PanelRefusal when there is no room. Called before the answer begins; the place is kept until whoever asked
   * gives it back, which is when its stream is added, or will never be. Whoever makes room does so when it is added.
   */
  takePlace(session: Session, pageId: string): () => void;
  add(stream: Stream): void;
  remove(stream: Stream): void;
  /** It is open, or on its way. */
  hasPage(pageId: string): boolean;
  /** News of these conversations; null: of any. */
  look(conversationIds: readonly string[] | null): void;
  /** Takes what is not served now from all screens, before it returns. */
  withdrawUnserved(): void;
  /** `waiting`: those that must hear of us to keep a card on the screen. */
  ping(whom: 'all' | 'waiting'): void;
  endAll(why: 'closing'): void;
  /** Ends those whose session has run out. */
  endExpired(nowMs: number): void;
  readonly size: number;
  readonly users: number;
}

interface Place {
  readonly conversationId: string;
  /** The oldest of its agent and conversation makes room. */
  readonly takesOver: boolean;
}

/**
 * So long a page keeps such a card without a word of ours: a process that dies renewed its lease 1.5 s before at most,
 * so the card is gone before the lease of 5 s is.
 */
const SILENCE_MS = 3_000;
const MAX_BATCH = 500;
const RETRY_MS = 1_000;

export function createHub(deps: HubDeps): Hub {
  const limits = { ...HUB_LIMITS, ...deps.limits };
  const byConversation = new Map<string, Set<Stream>>();
  const byUser = new Map<string, Set<Stream>>();
  const byPage = new Map<string, Stream>();
  const streams = new Set<Stream>();
  const pending = new Set<string>();
  /** Of pages whose row is being written, by user. */
  const coming = new Map<string, Set<Place>>();
  const comingPages = new Map<string, Set<Place>>();
  let places = 0;
  let looking = false;

  const pagesOf = ({ userId, conversationId }: Pick<Session, 'userId' | 'conversationId'>): Stream[] =>
    [...(byConversation.get(conversationId) ?? [])].filter(({ session }) => session.userId === userId);

  /** A page that comes again has lost its stream, whether we know of it or not. */
  const endOld = (session: Session, pageId: string): void => {
    for (const old of pagesOf(session)) if (old.pageId === pageId) old.end('replaced');
  };

  /** The oldest go. */
  const makeRoom = (session: Session): void => {
    const pages = pagesOf(session);
    for (const oldest of pages.slice(0, Math.max(0, pages.length + 1 - limits.streamsPerSession))) {
      deps.counts.replaced += 1;
      oldest.end('replaced');
    }
  };

  const bringUpToDate = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    while (pending.size > 0) {
      const batch = [...pending].slice(0, MAX_BATCH);
      for (const conversation of batch) pending.delete(conversation);
      try {
        await lookAt(batch);
      } catch (error) {
        deps.logger?.warn({ err: error }, 'the open cards could not be read; trying again');
        for (const conversation of batch) pending.add(conversation);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    looking = false;
  };

  const lookAt = async (batch: readonly string[]): Promise<void> => {
    // Only those that are there before the store is asked are told that they have been told all.
    const asked = batch.map((conversation) => [...(byConversation.get(conversation) ?? [])]);
    const startedAt = deps.clock();
    const cards = await deps.cardsToShow(batch);
    const contents = new Map<string, CardContent>();
    for (const { versionId } of cards)
      if (!contents.has(versionId)) contents.set(versionId, await deps.contentOf(versionId));
    batch.forEach((conversation, at) => {
      const open = cards.filter(({ conversationId }) => conversationId === conversation);
      for (const stream of asked[at] ?? []) deliver(deps, stream, open, { contents, startedAt });
    });
  };

  return {
    takePlace(session, pageId) {
      endOld(session, pageId);
      const { userId, conversationId } = session;
      const theirs = [...(coming.get(userId) ?? [])];
      const before = theirs.filter((one) => one.conversationId === conversationId).length;
      const takesOver = pagesOf(session).length + before >= limits.streamsPerSession;
      const needs = takesOver ? 0 : 1;
      const more = theirs.filter((one) => !one.takesOver).length + needs;
      if (streams.size + places + needs > limits.streams) throw new PanelRefusal('panel-full');
      if ((byUser.get(userId)?.size ?? 0) + more > limits.streamsPerUser || before >= limits.streamsPerSession)
        throw new PanelRefusal('panel-too-many-streams');
      const place = { conversationId, takesOver };
      addTo(coming, userId, place);
      addTo(comingPages, pageId, place);
      places += needs;
      return () => {
        removeFrom(coming, userId, place);
        removeFrom(comingPages, pageId, place);
        places -= needs;
      };
    },
    add(stream) {
      const { userId, conversationId } = stream.session;
      endOld(stream.session, stream.pageId);
      makeRoom(stream.session);
      streams.add(stream);
      byPage.set(stream.pageId, stream);
      addTo(byConversation, conversationId, stream);
      addTo(byUser, userId, stream);
      deps.counts.streams += 1;
      pending.add(conversationId);
      void bringUpToDate();
    },
    remove(stream) {
      const { userId, conversationId } = stream.session;
      streams.delete(stream);
      if (byPage.get(stream.pageId) === stream) byPage.delete(stream.pageId);
      removeFrom(byConversation, conversationId, stream);
      removeFrom(byUser, userId, stream);
    },
    hasPage: (pageId) => byPage.has(pageId) || comingPages.has(pageId),
    look(conversationIds) {
      for (const id of conversationIds ?? byConversation.keys()) if (byConversation.has(id)) pending.add(id);
      void bringUpToDate();
    },
    withdrawUnserved() {
      for (const stream of streams) withdrawFrom(deps, stream);
    },
    ping(whom) {
      for (const stream of streams) {
        stream.endIfStuck(limits.stuckMs);
        if (whom === 'waiting' && stream.shown.size === 0) continue;
        withdrawFrom(deps, stream);
        if (whom === 'all' || [...stream.shown.values()].some(({ needsWord }) => needsWord)) stream.ping();
      }
    },
    endAll(why) {
      for (const stream of streams) stream.end(why);
    },
    endExpired(nowMs) {
      for (const stream of streams) if (stream.session.expiresAtMs <= nowMs) stream.end('expired');
    },
    get size() {
      return streams.size;
    },
    get users() {
      return byUser.size;
    },
  };
}

/** What the store said, unless this process serves it no more by now. */
function deliver(
  deps: HubDeps,
  stream: Stream,
  open: readonly OpenCard[],
  { contents, startedAt }: { readonly contents: ReadonlyMap<string, CardContent>; readonly startedAt: number },
): void {
  const theirs = open.filter((card) => card.agentId === stream.session.userId);
  for (const card of theirs.filter(deps.serves)) {
    const content = contents.get(card.versionId);
    if (stream.shown.has(card.cardId) || content === undefined) continue;
    // The rest follows when it has read that.
    if (!stream.hasRoom) return;
    const aged = { ...card, ageMs: card.ageMs + deps.clock() - startedAt };
    if (!stream.send('card', messageOf(deps, stream, aged, content))) return;
    const { cardId, versionId, action } = card;
    stream.shown.set(cardId, { versionId, action, needsWord: deps.needsWord(card) });
    deps.counts.cardsSent += 1;
  }
  if (stream.isGreeted) return;
  // A page that comes again knows by this that whatever else it holds is no longer open.
  stream.isGreeted = true;
  stream.send('open', JSON.stringify({ cards: theirs.map(({ cardId }) => cardId) }));
  for (const { cardId } of theirs) if (!stream.shown.has(cardId)) stream.send('conceal', JSON.stringify({ cardId }));
}

function messageOf(
  { sessions, needsWord }: HubDeps,
  { session }: Stream,
  card: OpenCard,
  content: CardContent,
): string {
  const { cardId, epoch } = card;
  const own = {
    cardId,
    epoch,
    receipt: sessions.receiptOf(card, session),
    silenceMs: needsWord(card) ? SILENCE_MS : null,
  };
  return `${JSON.stringify(own).slice(0, -1)},${content.json}`;
}

/** Of a process without a lease nobody knows whether the card is withdrawn: it is off the screen until somebody does. */
function withdrawFrom({ serves, isFenced, counts }: HubDeps, stream: Stream): void {
  const event = isFenced() ? 'conceal' : 'withdraw';
  for (const [cardId, card] of stream.shown) {
    if (serves(card)) continue;
    stream.shown.delete(cardId);
    if (stream.send(event, JSON.stringify({ cardId }))) counts.withdrawn += 1;
  }
}

function addTo<T>(map: Map<string, Set<T>>, key: string, one: T): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([one]));
  else set.add(one);
}

function removeFrom<T>(map: Map<string, Set<T>>, key: string, one: T): void {
  const set = map.get(key);
  if (set?.delete(one) === true && set.size === 0) map.delete(key);
}
