/** What pages tell of their cards. A page is an agent's browser: what it says of other cards is not taken. */
import type { Database, Transaction } from '../database.ts';
import { AGAINST_NONE, CARD_COLUMNS, storeTold, triggerOf } from './card-row.ts';
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
  /** It is no exposure, and does not become one. */
  readonly isUncounted: boolean;
}

/** Many pages in one transaction, with an answer for each; when this resolves, what was taken is durable. */
export async function storePageEvents(db: Database, reports: readonly PageReport[]): Promise<PageResult[]> {
  return db.tx(async (trx) => {
    const { cards, now } = await knownCards(trx, reports);
    const judged = reports.map((report) => report.events.map((event) => judge(event, report, cards)));
    const seen = await triggered(trx, firstWords(reports, judged, now));
    const batches = reports.map(({ events }, page) =>
      events.flatMap((event, at) => {
        const verdict = judged[page]?.[at];
        return typeof verdict === 'object' && !verdict.isUncounted
          ? toldBy(event, seen.get(verdict.cardId) ?? verdict, now)
          : [];
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
    `select ${CARD_COLUMNS}, v.html_sha256 as "htmlSha256",
       c.triggered_at is null and ${AGAINST_NONE} as "isUncounted" from panel_cards c
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

/** Of cards that were not told to be in view, and that a page tells of all the same: since when that was, ms. */
function firstWords(
  reports: readonly PageReport[],
  judged: readonly (readonly (KnownCard | PageRefusal)[])[],
  now: Date,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  reports.forEach(({ events }, page) =>
    events.forEach((event, at) => {
      const card = judged[page]?.[at];
      if (typeof card !== 'object' || card.triggeredAt !== null || card.isUncounted) return;
      first.set(card.cardId, Math.min(first.get(card.cardId) ?? Infinity, timeOf(event, card, now)));
    }),
  );
  return first;
}

/**
 * A card that a page tells of was seen, whatever we were told of the page; when it says, not when that arrives: what is
 * told after a roll back was not shown after it.
 */
async function triggered(trx: Transaction, first: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, CardRow>> {
  if (first.size === 0) return new Map();
  const rows = await trx.query<CardRow>(
    `update panel_cards c set triggered_at = coalesce(c.triggered_at, least(c.withdrawn_at, to_timestamp(t.at / 1000)))
     from panel_versions v, unnest($1::uuid[], $2::float8[]) as t (id, at)
     where v.id = c.version_id and c.card_id = t.id returning ${CARD_COLUMNS}`,
    [[...first.keys()], [...first.values()]],
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
  const at = Math.max(timeOf({ afterMs }, card, now), (card.triggeredAt ?? now).getTime());
  return { card, id: `${card.cardId}/page/${id}`, kind, at: new Date(at) };
}

/** ms */
function timeOf({ afterMs }: Pick<PageEvent, 'afterMs'>, { createdAt }: CardRow, now: Date): number {
  return Math.round(Math.min(createdAt.getTime() + Math.max(0, afterMs), now.getTime()));
}

function countRefused(judged: readonly (KnownCard | PageRefusal)[]): Record<PageRefusal, number> {
  const count = (why: PageRefusal): number => judged.filter((verdict) => verdict === why).length;
  return {
    unknownCard: count('unknownCard'),
    foreignCard: count('foreignCard'),
    otherContent: count('otherContent'),
  };
}
