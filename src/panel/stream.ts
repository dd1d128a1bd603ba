/** One open page: server-sent events over a response that never waits for its reader. */
import type { ServerResponse } from 'node:http';
import type { Session } from './sessions.ts';

export interface Stream {
  readonly session: Session;
  /** The page's own name for itself, the same when it comes again. */
  readonly pageId: string;
  /** The cards that this page holds now, by their ids. */
  readonly shown: Map<string, ShownCard>;
  /** It was told all that is open. */
  isGreeted: boolean;
  /** False while much waits for its reader: what is large comes later, after `onDrain`. */
  readonly hasRoom: boolean;
  send(event: string, data: string): boolean;
  ping(): void;
  /** Ends it when its page has not read for so long. */
  endIfStuck(maxMs: number): void;
  /** `why` is for the page: it decides whether to come again. */
  end(why: 'replaced' | 'expired' | 'closing'): void;
}

export interface CardOfVersion {
  readonly versionId: string;
  readonly action: string;
}

export interface ShownCard extends CardOfVersion {
  /** It was sent as one that must hear of us to stay, and so it is for the page from then on. */
  readonly needsWord: boolean;
}

/** Of what waits for a reader, before a card is added. */
const MAX_WAITING_BYTES = 256 * 1024;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither caches nor proxies may hold it back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

const PING = 'event: ping\ndata: {}\n\n';

export interface StreamEvents {
  readonly onClose: () => void;
  /** There is room again. */
  readonly onDrain: () => void;
  readonly onSlow: () => void;
}

export function openStream(
  outgoing: ServerResponse,
  { session, pageId }: Pick<Stream, 'session' | 'pageId'>,
  { onClose, onDrain, onSlow }: StreamEvents,
): Stream {
  outgoing.writeHead(200, HEADERS);
  outgoing.flushHeaders();
  outgoing.socket?.setNoDelay(true);
  let isOpen = true;
  const gone = (): void => {
    if (!isOpen) return;
    isOpen = false;
    onClose();
  };
  outgoing.once('close', gone);
  outgoing.on('error', gone);
  let stuckSince: number | null = null;
  outgoing.on('drain', () => {
    stuckSince = null;
    if (isOpen) onDrain();
  });
  const write = (text: string): boolean => {
    if (!isOpen) return false;
    if (!outgoing.write(text)) stuckSince ??= performance.now();
    return true;
  };
  return {
    session,
    pageId,
    shown: new Map(),
    isGreeted: false,
    send: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`),
    ping: () => void write(PING),
    endIfStuck(maxMs) {
      if (!isOpen || stuckSince === null || performance.now() - stuckSince <= maxMs) return;
      onSlow();
      outgoing.destroy();
      gone();
    },
    end(why) {
      if (!isOpen) return;
      outgoing.end(`event: end\ndata: ${JSON.stringify({ why })}\n\n`);
      // Its last words are small; whoever does not take them is not waited for.
      setTimeout(() => outgoing.destroy(), LAST_WORDS_MS).unref();
      gone();
    },
    get hasRoom() {
      return outgoing.writableLength <= MAX_WAITING_BYTES;
    },
  };
}

const LAST_WORDS_MS = 2_000;
