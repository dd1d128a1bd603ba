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
  /** False when the stream had to be ended: its page does not read. */
  send(event: string, data: string): boolean;
  ping(): boolean;
  /** `why` is for the page: it decides whether to come again. */
  end(why: 'replaced' | 'expired' | 'closing'): void;
  readonly isOpen: boolean;
}

export interface ShownCard {
  readonly versionId: string;
  readonly action: string;
}

/** Of what waits for a reader. A page that lags so far behind gets its open cards anew when it comes back. */
const MAX_WAITING_BYTES = 1024 * 1024;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither caches nor proxies may hold it back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

const PING = 'event: ping\ndata: {}\n\n';

export function openStream(
  outgoing: ServerResponse,
  { session, pageId }: Pick<Stream, 'session' | 'pageId'>,
  { onClose, onSlow }: { readonly onClose: () => void; readonly onSlow: () => void },
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
  const write = (text: string): boolean => {
    if (!isOpen) return false;
    if (outgoing.writableLength <= MAX_WAITING_BYTES) {
      outgoing.write(text);
      return true;
    }
    onSlow();
    outgoing.destroy();
    gone();
    return false;
  };
  return {
    session,
    pageId,
    shown: new Map(),
    isGreeted: false,
    send: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`),
    ping: () => write(PING),
    end(why) {
      if (!isOpen) return;
      outgoing.end(`event: end\ndata: ${JSON.stringify({ why })}\n\n`);
      // Its last words are small; whoever does not take them is not waited for.
      setTimeout(() => outgoing.destroy(), LAST_WORDS_MS).unref();
      gone();
    },
    get isOpen() {
      return isOpen;
    },
  };
}

const LAST_WORDS_MS = 2_000;
