/**
 * Server-sent events: the parts of a page that have changed, by the id of their element. What a reader was slow to take
 * is left out; it gets the newest. Who comes again gets all that it lacks.
 */
import { createHash } from 'node:crypto';
import { refusal } from './refusal.ts';

/** Html by the id of the element that it takes the place of. */
export type Fragments = Readonly<Record<string, string>>;

/** Made when it is sent, for whoever looks then. */
export type Making = () => Fragments | Promise<Fragments>;

export interface StreamOptions {
  /** What the page shows now, and from then on; ends with the signal. */
  readonly fragments: (signal: AbortSignal) => AsyncIterable<Making>;
  /** The id of the last event that the page has had; undefined: none. */
  readonly lastEventId: string | undefined;
  /** Asked at each ping, and before whatever is told a second after it was asked: null goes on, a text ends it, and is for the page. */
  readonly whyEnd: () => Promise<string | null>;
  readonly onError: (error: unknown) => void;
  readonly onClose: () => void;
  readonly pingMs?: number;
}

export interface Streams {
  /** Throws for one too many. */
  open(countedAs: string, options: Omit<StreamOptions, 'onClose'>): Response;
  /** How many are open. */
  readonly size: number;
  close(): void;
}

const MAX_STREAMS = 500;
const MAX_STREAMS_OF_ONE = 20;
const PING_MS = 15_000;
const CHECK_MS = 1_000;

/** `clock`: monotonic. */
export function createStreams(clock: () => number): Streams {
  const closing = new AbortController();
  const open = new Map<string, number>();
  const count = (): number => [...open.values()].reduce((sum, some) => sum + some, 0);
  return {
    get size() {
      return count();
    },
    open(countedAs, options) {
      const own = open.get(countedAs) ?? 0;
      if (own >= MAX_STREAMS_OF_ONE || count() >= MAX_STREAMS)
        throw refusal(
          'console-too-many',
          'Too many pages are open at once.',
          'Close some; this one shows what is new when it is loaded again.',
        );
      open.set(countedAs, own + 1);
      const onClose = (): void => {
        const left = (open.get(countedAs) ?? 1) - 1;
        if (left === 0) open.delete(countedAs);
        else open.set(countedAs, left);
      };
      return new Response(streamOf({ ...options, onClose, clock }, closing.signal), { headers: HEADERS });
    },
    close: () => closing.abort(),
  };
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither caches nor proxies may hold it back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

interface Open extends StreamOptions {
  readonly clock: () => number;
}

function streamOf(options: Open, closing: AbortSignal): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const signal = AbortSignal.any([closing, left.signal]);
  const events = eventsOf(options, signal);
  const text = new TextEncoder();
  let isOver = false;
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    left.abort();
    options.onClose();
    // What waits for a reader who has gone lets go of what it holds.
    events.return(undefined).catch(options.onError);
  };
  return new ReadableStream<Uint8Array>(
    {
      // Asked for when there is room: what has changed several times meanwhile is sent once.
      async pull(controller) {
        const next = await events.next().catch((error: unknown) => {
          options.onError(error);
          return { done: true as const, value: undefined };
        });
        if (next.done !== true) return controller.enqueue(text.encode(next.value));
        over();
        controller.close();
      },
      cancel: over,
    },
    { highWaterMark: 1 },
  );
}

async function* eventsOf(options: Open, signal: AbortSignal): AsyncGenerator<string, undefined> {
  const { fragments, lastEventId, whyEnd, clock, pingMs = PING_MS } = options;
  // Told at once, so that a proxy passes the headers on.
  yield ': open\nretry: 2000\n\n';
  const sent = new Map<string, string>();
  const source = fragments(signal)[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<Making>> => {
    const asked = source.next();
    // What fails is told when it is asked for again; while nobody reads, nobody would hear of it.
    asked.catch(() => undefined);
    return asked;
  };
  let coming = ask();
  let quiet = ping(pingMs, signal);
  let checkedAtMs = clock();
  try {
    while (!signal.aborted) {
      const next = await Promise.race([coming, quiet]);
      if (next === 'ping' || clock() - checkedAtMs >= CHECK_MS) {
        const why = signal.aborted ? 'closing' : await whyEnd();
        if (why !== null) {
          yield eventText('end', { why });
          return undefined;
        }
        checkedAtMs = clock();
      }
      if (next === 'ping') {
        yield ': ping\n\n';
        quiet = ping(pingMs, signal);
        continue;
      }
      if (next.done === true) return undefined;
      coming = ask();
      const changed = Object.entries(await next.value()).filter(([id, html]) => sent.get(id) !== html);
      const isFirst = sent.size === 0;
      for (const [id, html] of changed) sent.set(id, html);
      const eventId = idOf(sent);
      if (changed.length > 0 && !(isFirst && eventId === lastEventId))
        yield eventText('fragments', Object.fromEntries(changed), eventId);
    }
  } finally {
    void source.return?.(undefined);
  }
  return undefined;
}

function eventText(event: string, data: object, id?: string): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** Of all that the page shows then. */
function idOf(sent: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [id, html] of sent) hash.update(id).update('\0').update(html).update('\0');
  return hash.digest('base64url').slice(0, 16);
}

function ping(ms: number, signal: AbortSignal): Promise<'ping'> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve('ping');
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
  });
}
