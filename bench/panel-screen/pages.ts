/** Open pages without a browser: session and stream as the simulated desks have them, and when each message came. */
import { createHash, randomUUID } from 'node:crypto';
import { PageHttp } from '../../src/sandbox/desks/page-http.ts';
import { PANEL_CLIENT } from '../../src/sandbox/options.ts';
import type { WayParts } from './way.ts';
import { conversationIn, play } from './way.ts';

export interface SeenCard {
  readonly cardId: string;
  readonly receipt: string;
  readonly sha256: string;
  withdrawnAt: number | null;
}

export interface OpenPage {
  readonly conversationId: string;
  readonly arm: 'candidate' | 'baseline';
  readonly session: string;
  readonly cards: SeenCard[];
}

export interface OpenPages {
  readonly pages: readonly OpenPage[];
  close(): void;
}

const OPENING_AT_ONCE = 20;
const LASTS_MS = 180_000;

/** The agent 0 is the one at the browser. */
export async function openPages(way: WayParts, counts: Readonly<Record<OpenPage['arm'], number>>): Promise<OpenPages> {
  const http = new PageHttp();
  const over = new AbortController();
  const pages: OpenPage[] = [];
  const agents = way.sandbox.org.people.agents().length - 1;
  const wanted = (['candidate', 'baseline'] as const).flatMap((arm) => Array.from({ length: counts[arm] }, () => arm));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < wanted.length; at = next++) {
      const arm = wanted[at] ?? 'candidate';
      const conversationId = await play(way, { id: conversationIn(arm), agent: 1 + (at % agents), lastsMs: LASTS_MS });
      pages.push(await openPage({ way, http, signal: over.signal }, arm, conversationId));
    }
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, lane));
  const close = (): void => {
    over.abort();
    http.close();
  };
  return { pages, close };
}

interface Opening {
  readonly way: WayParts;
  readonly http: PageHttp;
  readonly signal: AbortSignal;
}

async function openPage(
  { way, http, signal }: Opening,
  arm: OpenPage['arm'],
  conversationId: string,
): Promise<OpenPage> {
  const { org } = way.sandbox;
  const pageUrl = `${way.panelUrl}/panel`;
  const agentId = org.conversations.find(conversationId)?.agentId ?? '';
  const accessToken = org.oauth.tokenOfAgent(PANEL_CLIENT.id, agentId);
  const { session } = await http.openSession(pageUrl, { conversationId, accessToken });
  const page: OpenPage = { conversationId, arm, session, cards: [] };
  await new Promise<void>((resolve, reject) => {
    const url = `${pageUrl}/stream?page=${randomUUID()}&state=visible`;
    const onMessage = ({ event, data }: { readonly event: string; readonly data: string }): void => {
      if (event === 'open') resolve();
      else take(page, event, data);
    };
    // One that breaks off later misses what the figures wait for, and they say so.
    http.readStream(url, session, onMessage, signal).catch(reject);
  });
  return page;
}

function take({ cards }: OpenPage, event: string, data: string): void {
  const at = Date.now();
  if (event === 'card') {
    const { cardId, receipt, html } = JSON.parse(data) as { cardId: string; receipt: string; html: string };
    cards.push({ cardId, receipt, sha256: sha256Of(html), withdrawnAt: null });
  } else if (event === 'withdraw' || event === 'conceal') {
    const { cardId } = JSON.parse(data) as { cardId: string };
    for (const card of cards) if (card.cardId === cardId) card.withdrawnAt ??= at;
  }
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
