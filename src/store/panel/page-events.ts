/** What pages tell of their cards. A page is an agent's browser: what it says of other cards is not taken. */
import type { Database, Transaction } from '../database.ts';
import { CARD_COLUMNS, storeTold, triggerOf } from './card-row.ts';
import type { CardRow, ToldOfCard } from './card-row.ts';

export interface PageEvent {
  /** The page's own; what comes again by the same is taken once. */
  readonly id: string;
  readonly kind: 'rendered' | 'accepted' | 'dismissed';
  readonly cardId: string;
  /**
   * Since the card was made: its age when it was sent (`OpenCard.ageMs` and what went by since) and what the page's
   * steady clock counted after. No wall clock has a part in it; nothing is later than its arrival.
   */
  readonly afterMs: number;
  /** SHA-256, hex, of the UTF-8 of what was painted; needed of `rendered`. */
  readonly sha256?: string | undefined;
}

/** Of one page, by what its session says. */
export interface PageReport {
  readonly conversationId: string;
  readonly userId: string;
  readonly events: readonly PageEvent[];
}

/** `foreignCard`: of another conversation or agent; `otherContent`: painted was something else than the version. */
export type PageRefusal = 'unknownCard' | 'foreignCard' | 'otherContent';

export interface PageResult {
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: Readonly<Record<PageRefusal, number>>;
}

interface KnownCard extends CardRow {
  readonly htmlSha256: string;
}

/** Many pages in one transaction, with an answer for each; when this resolves, what was taken is durable. */
export async function storePageEvents(db: Database, reports: readonly PageReport[]): Promise<PageResult[]> {
  return db.tx(async (trx) => {
    const { cards, now } = await knownCards(trx, reports);
    const judged = reports.map((report) => report.events.map((event) => judge(event, report, cards)));
    const seen = await triggered(trx, judged.flat(), now);
    const batches = reports.map(({ events }, page) =>
      events.flatMap((event, at) => {
        const verdict = judged[page]?.[at];
        return typeof verdict === 'object' ? toldBy(event, seen.get(verdict.cardId) ?? verdict, now) : [];
      }),
    );
    const stored = await storeTold(trx, [...batches, triggersOf(cards, seen)], now);
    return reports.map((_report, page) => ({
      stored: stored[page]?.stored ?? 0,
      duplicates: stored[page]?.duplicates ?? 0,
      refused: countRefused(judged[page] ?? []),
    }));
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function knownCards(
  trx: Transaction,
  reports: readonly PageReport[],
): Promise<{ readonly cards: ReadonlyMap<string, KnownCard>; readonly now: Date }> {
  const ids = reports.flatMap(({ events }) => events.map(({ cardId }) => cardId)).filter((id) => UUID.test(id));
  const rows = await trx.query<KnownCard>(
    `select ${CARD_COLUMNS}, v.html_sha256 as "htmlSha256" from panel_cards c
     join panel_versions v on v.id = c.version_id where c.card_id = any($1::uuid[]) and not c.withheld`,
    [[...new Set(ids)]],
  );
  const [clock] = await trx.query<{ now: Date }>("select date_trunc('milliseconds', clock_timestamp()) as now");
  return { cards: new Map(rows.map((card) => [card.cardId, card])), now: clock?.now ?? new Date() };
}

function judge(event: PageEvent, report: PageReport, cards: ReadonlyMap<string, KnownCard>): KnownCard | PageRefusal {
  const card = cards.get(event.cardId);
  if (card === undefined) return 'unknownCard';
  if (card.conversationId !== report.conversationId || card.agentId !== report.userId) return 'foreignCard';
  const needed = event.kind === 'rendered' || event.sha256 !== undefined;
  return needed && event.sha256 !== card.htmlSha256 ? 'otherContent' : card;
}

/** A card that a page tells of was seen, whatever we were told of the page. */
async function triggered(
  trx: Transaction,
  judged: readonly (KnownCard | PageRefusal)[],
  now: Date,
): Promise<ReadonlyMap<string, CardRow>> {
  const unseen = judged.filter((card) => typeof card === 'object').filter(({ triggeredAt }) => triggeredAt === null);
  if (unseen.length === 0) return new Map();
  const rows = await trx.query<CardRow>(
    `update panel_cards c set triggered_at = coalesce(c.triggered_at, $2::timestamptz) from panel_versions v
     where v.id = c.version_id and c.card_id = any($1::uuid[]) returning ${CARD_COLUMNS}`,
    [[...new Set(unseen.map(({ cardId }) => cardId))], now],
  );
  return new Map(rows.map((card) => [card.cardId, card]));
}

function triggersOf(cards: ReadonlyMap<string, KnownCard>, seen: ReadonlyMap<string, CardRow>): ToldOfCard[] {
  return [...seen.values()].flatMap((card) =>
    cards.get(card.cardId)?.triggeredAt === null && card.triggeredAt !== null
      ? [triggerOf(card, card.triggeredAt)]
      : [],
  );
}

function toldBy({ id, kind, afterMs }: PageEvent, card: CardRow, now: Date): ToldOfCard {
  const at = Math.min(card.createdAt.getTime() + Math.max(0, afterMs), now.getTime());
  const from = card.triggeredAt ?? now;
  return { card, id: `${card.cardId}/page/${id}`, kind, at: new Date(Math.max(Math.round(at), from.getTime())) };
}

function countRefused(judged: readonly (KnownCard | PageRefusal)[]): Record<PageRefusal, number> {
  const count = (why: PageRefusal): number => judged.filter((verdict) => verdict === why).length;
  return {
    unknownCard: count('unknownCard'),
    foreignCard: count('foreignCard'),
    otherContent: count('otherContent'),
  };
}
