/** Shows cards to Chromium and records what runs, what is asked of other hosts and what the policy blocks. */
import { withChromium } from './chromium.ts';
import type { CorpusCard } from './corpus/card.ts';
import type { Answer } from './host.ts';
import { openHost, openProxy, pageOf } from './host.ts';

/**
 * `enforced`: as the body of a page under the policy. `copied`: written into a page with innerHTML, and from there into
 * another place. `reported`: as enforced, but the policy only reports, so that scripts run and do what they would.
 */
export const MANNERS = ['enforced', 'copied', 'reported'] as const;
export type Manner = (typeof MANNERS)[number];

export interface Seen {
  /** Code of the card ran. */
  ran: boolean;
  /** Hosts off the allowlist that were asked for something. */
  readonly loaded: Set<string>;
  /** Directives that were violated. */
  readonly blocked: Set<string>;
}

/** What Chromium did with each card shown in that manner, by id of the card. */
export async function observe(
  executable: string,
  manner: Manner,
  cards: readonly CorpusCard[],
  policy: string,
): Promise<ReadonlyMap<number, Seen>> {
  const seen = new Map(
    cards.map(({ id }) => [id, { ran: false, loaded: new Set<string>(), blocked: new Set<string>() }]),
  );
  const host = await openHost(routes(manner, cards, policy, (id, directive) => seen.get(id)?.blocked.add(directive)));
  const proxy = await openProxy((name) =>
    seen.get(Number(/(?:^|\D)c(\d+)\.evil\.example/.exec(name)?.[1]))?.loaded.add(name),
  );
  try {
    const { ran, blocked } = (await withChromium(executable, `${host.url}/run`, proxy.url, host.done)) as Told;
    for (const id of ran) note(seen.get(id));
    for (const [id, directive] of blocked) seen.get(id)?.blocked.add(directive);
  } finally {
    await host.close();
    await proxy.close();
  }
  return seen;
}

interface Told {
  readonly ran: readonly number[];
  readonly blocked: readonly (readonly [id: number, directive: string])[];
}

function note(seen: Seen | undefined): void {
  if (seen !== undefined) seen.ran = true;
}

function routes(
  manner: Manner,
  cards: readonly CorpusCard[],
  policy: string,
  onReport: (id: number, directive: string) => void,
) {
  const byId = new Map(cards.map((card) => [String(card.id), card]));
  return ([kind, , id = '']: readonly string[]): Answer | undefined => {
    const card = byId.get(id);
    if (kind === 'run') return pageOf('', '<script src="/run.js" defer></script>');
    if (kind === 'cards') return { type: 'application/json', body: JSON.stringify({ manner, ids: [...byId.keys()] }) };
    if (kind === 'html' && card !== undefined) return { type: 'text/plain', body: card.html };
    if (kind === 'report') onReport(Number(id), 'report');
    return kind === 'card' && card !== undefined ? shown(card, manner, policy) : undefined;
  };
}

function shown({ id, html }: CorpusCard, manner: Manner, policy: string): Answer {
  const body =
    manner === 'copied'
      ? `<div id="first" data-card="/html/x/${id}"></div><div id="second"></div><script src="/copy.js"></script>`
      : html;
  const header = manner === 'reported' ? 'content-security-policy-report-only' : 'content-security-policy';
  return {
    ...pageOf(body, `<script src="/watch.js" data-card="${id}"></script>`),
    headers: { [header]: `${policy}; report-uri /report/x/${id}` },
  };
}
