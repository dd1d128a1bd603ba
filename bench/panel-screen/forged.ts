/** What pages tell that is not so: how much of it is taken. */
import { randomUUID } from 'node:crypto';
import { sha256Of } from './pages.ts';
import type { OpenPage, SeenCard } from './pages.ts';
import type { WayParts } from './way.ts';

export interface Forged {
  readonly sent: number;
  readonly taken: number;
  /** True events of the same pages, so that a refusal of everything is seen. */
  readonly trueTaken: number;
  readonly trueSent: number;
}

interface Lie {
  readonly of: SeenCard;
  readonly session: string | null;
  readonly event: object;
}

/** Of pages with a card open, which tell nothing of their own. */
export async function tellForged(way: WayParts, pages: readonly OpenPage[]): Promise<Forged> {
  const tell = async (session: string | null, event: object): Promise<number> => {
    const answer = await fetch(`${way.panelUrl}/panel/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(session && { authorization: `Bearer ${session}` }) },
      body: JSON.stringify({ events: [event] }),
    });
    const body = (await answer.json()) as { readonly stored?: number };
    return answer.ok ? (body.stored ?? 0) : 0;
  };
  const lies = pages.flatMap((page, at) => liesOf(page, pages[(at + 1) % pages.length] ?? page));
  let answered = 0;
  for (const { session, event } of lies) answered += await tell(session, event);
  const stored = await renderedOf(way, [...new Set(lies.map(({ of }) => of.cardId))]);
  const [trueTaken, replayed] = [{ count: 0 }, { count: 0 }];
  for (const { session, cards } of pages) {
    const event = cards[0] === undefined ? {} : renderedEvent(cards[0]);
    trueTaken.count += await tell(session, event);
    replayed.count += await tell(session, event);
  }
  const twice =
    (await renderedOf(
      way,
      pages.map(({ cards }) => cards[0]?.cardId ?? ''),
    )) - trueTaken.count;
  return {
    sent: lies.length + pages.length,
    taken: Math.max(answered, stored) + Math.max(replayed.count, twice),
    trueSent: pages.length,
    trueTaken: trueTaken.count,
  };
}

function liesOf(page: OpenPage, other: OpenPage): Lie[] {
  const [own, foreign] = [page.cards[0], other.cards[0]];
  if (own === undefined || foreign === undefined) throw new Error('A page has no card to lie about.');
  const { session } = page;
  const bent = `${session.slice(0, -2)}${session.at(-2) === 'A' ? 'B' : 'A'}${session.at(-1)}`;
  return [
    { of: own, session: null, event: renderedEvent(own) },
    { of: own, session: bent, event: renderedEvent(own) },
    { of: foreign, session, event: renderedEvent(foreign) },
    { of: foreign, session, event: { ...renderedEvent(foreign), receipt: own.receipt } },
    { of: own, session, event: { ...renderedEvent(own), sha256: sha256Of('something else') } },
  ];
}

const renderedEvent = ({ cardId, receipt, sha256 }: SeenCard) => ({
  id: randomUUID(),
  kind: 'rendered',
  cardId,
  receipt,
  sinceMs: 5,
  sha256,
});

async function renderedOf({ db }: WayParts, cardIds: readonly string[]): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*)::int as count from events where raw->>'cardId' = any($1::text[]) and type like '%rendered'`,
    [cardIds],
  );
  return row?.count ?? 0;
}
