/** One panel beside one conversation, as the page in an agent's browser is one: session, stream, events. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CardsOnScreen } from './cards-on-screen.ts';
import type { PageEvent, ScreenPorts } from './cards-on-screen.ts';
import { PageRefused } from './page-http.ts';
import type { PageHttp } from './page-http.ts';
import type { Reach } from './reach.ts';

export interface DeskOptions extends Omit<ScreenPorts, 'report'> {
  readonly http: PageHttp;
  readonly reach: Reach;
  /** Of the page, without its query: what it asks lies below. */
  readonly pageUrl: string;
  readonly conversationId: string;
  readonly tokenOf: () => string;
  /** The token was refused: another, next time. */
  readonly forgetToken: () => void;
  readonly isVisible: boolean;
  /** When the agent brings it into sight; null: never. */
  readonly shownAfterMs: number | null;
  readonly counters: DeskCounters;
}

/** Of all desks. */
export interface DeskCounters {
  sessions: number;
  refused: number;
  reconnects: number;
  /** That were taken. */
  events: number;
  lostEvents: number;
}

const [FIRST_RETRY_MS, MAX_RETRY_MS] = [200, 5_000];
/** A session is renewed when so much of its time is over. */
const RENEW_AT = 0.8;
const TELL_AGAIN_MS = 1_000;

/** Resolves once `over` is aborted and what happened in the last moment was told; then nothing of it is left. */
export async function runDesk(options: DeskOptions, over: AbortSignal): Promise<void> {
  const desk = new Desk(options);
  const { shownAfterMs } = options;
  const shown = shownAfterMs === null ? undefined : setTimeout(() => desk.show(), shownAfterMs);
  try {
    await desk.stayConnected(over);
  } finally {
    clearTimeout(shown);
    await desk.close();
  }
}

class Desk {
  readonly #options: DeskOptions;
  readonly #screen: CardsOnScreen;
  /** It is the same one however often it connects. */
  readonly #page = randomUUID();
  #untold: readonly PageEvent[] = [];
  #telling: Promise<void> | null = null;
  #session: string | null = null;
  #renewal: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#screen = new CardsOnScreen(options.isVisible, { ...options, report: (event) => this.#report(event) });
  }

  show(): void {
    this.#screen.becomeVisible();
  }

  async stayConnected(over: AbortSignal): Promise<void> {
    const { reach, counters, pageUrl, forgetToken } = this.#options;
    let wait = FIRST_RETRY_MS;
    while (!over.aborted) {
      try {
        await reach.until(pageUrl, over);
        if (over.aborted) return;
        await this.#openSession();
        wait = FIRST_RETRY_MS;
        await this.#readStream(over);
      } catch (error) {
        if (!(error instanceof PageRefused)) throw error;
        if (over.aborted) return;
        if (error.status === 0) reach.lost(pageUrl);
        if (error.status === 401) forgetToken();
        counters.refused += 1;
      }
      await sleep(wait, undefined, { signal: over }).catch(() => undefined);
      counters.reconnects += over.aborted ? 0 : 1;
      wait = Math.min(2 * wait, MAX_RETRY_MS);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#renewal);
    this.#screen.close();
    await this.#telling;
    await this.#tell();
    clearTimeout(this.#retry);
    this.#options.counters.lostEvents += this.#untold.length;
    this.#untold = [];
  }

  async #openSession(): Promise<void> {
    const { http, pageUrl, conversationId, tokenOf, counters } = this.#options;
    const opened = await http.openSession(pageUrl, { conversationId, accessToken: tokenOf() });
    this.#session = opened.session;
    counters.sessions += 1;
    clearTimeout(this.#renewal);
    const renew = (): void => void this.#openSession().catch(() => undefined);
    this.#renewal = setTimeout(renew, RENEW_AT * opened.expiresInMs);
  }

  async #readStream(over: AbortSignal): Promise<void> {
    const { http, pageUrl } = this.#options;
    const state = this.#screen.isVisible ? 'visible' : 'hidden';
    const url = `${pageUrl}/stream?page=${this.#page}&state=${state}`;
    // What was not taken before is told again.
    this.#startTelling();
    await http.readStream(url, this.#session ?? '', (message) => this.#screen.take(message), over);
  }

  #report(event: PageEvent): void {
    this.#untold = [...this.#untold, event];
    this.#startTelling();
  }

  #startTelling(): void {
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = null;
    });
  }

  /** What is there goes in one request and stays until it was taken; the ids make a repetition harmless. */
  async #tell(): Promise<void> {
    const { http, pageUrl, counters } = this.#options;
    while (this.#untold.length > 0 && this.#session !== null) {
      const { length } = this.#untold;
      try {
        await http.postEvents(pageUrl, this.#session, { page: this.#page, events: this.#untold });
      } catch (error) {
        if (isFinal(error)) {
          counters.lostEvents += length;
          this.#untold = this.#untold.slice(length);
          continue;
        }
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.#startTelling(), TELL_AGAIN_MS);
        return;
      }
      counters.events += length;
      this.#untold = this.#untold.slice(length);
    }
  }
}

/** What was told is refused for good, as it would be again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof PageRefused)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status);
}
