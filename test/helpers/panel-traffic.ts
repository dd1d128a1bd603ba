/**
 * Agents with open panels, and the processes that serve them, as far as the store knows them: conversations in which
 * the trigger fires, cards by the split that each process has applied, and what became of them. A process confirms what
 * it has applied, may be killed, and says which versions it showed when.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import type { NewCard } from '../../src/store/panel/cards.ts';
import { endInstance, PANEL_LEASE_MS, renewInstance } from '../../src/store/panel/instances.ts';
import { storePageEvents } from '../../src/store/panel/page-events.ts';
import type { PageReport } from '../../src/store/panel/page-events.ts';
import { readSplits } from '../../src/store/panel/splits.ts';
import type { PanelSplit } from '../../src/store/panel/splits.ts';
import { readVersions } from '../../src/store/panel/versions.ts';
import type { PanelVersion } from '../../src/store/panel/versions.ts';

export interface VersionModel {
  readonly acceptance: number;
  readonly dismissal: number;
  readonly latencyMs: number;
}

export interface Shown {
  readonly action: string;
  readonly version: string;
  readonly conversationId: string;
  readonly agentId: string;
  readonly at: number;
}

export interface PanelTraffic {
  /** Every card that some process showed. */
  readonly shown: readonly Shown[];
  /** Says nothing any more, and its lease goes on. */
  kill(process: number): void;
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly processes: number;
  /** Of each process. */
  readonly cardsPerTick: (action: string) => number;
  readonly modelOf: (version: string) => VersionModel;
  /** User ids; made up if absent. */
  readonly agents?: readonly string[];
}

const TICK_MS = 100;
const AGENTS = Array.from({ length: 40 }, (_, at) => `agent-${at}`);

export async function startPanelTraffic(db: Database, options: TrafficOptions): Promise<PanelTraffic> {
  const shown: Shown[] = [];
  const processes = await Promise.all(
    Array.from({ length: options.processes }, () => startProcess(db, options, (card) => shown.push(card))),
  );
  return {
    shown,
    kill: (process) => processes[process]?.kill(),
    stop: async () => {
      for (const process of processes) await process.end();
    },
  };
}

async function startProcess(db: Database, options: TrafficOptions, onShown: (card: Shown) => void) {
  const id = randomUUID();
  const versions = new Map<string, PanelVersion>();
  let applied: { epoch: number; splits: readonly PanelSplit[] } = { epoch: 0, splits: [] };
  let leaseUntil = 0;
  const life = { ended: false };
  const due: { readonly at: number; readonly report: PageReport }[] = [];

  const renew = async (): Promise<void> => {
    const startedAt = performance.now();
    const { epoch, lapsed } = await renewInstance(db, { id, epoch: applied.epoch });
    if (!lapsed && epoch === applied.epoch) leaseUntil = startedAt + PANEL_LEASE_MS;
    if (epoch === applied.epoch) return;
    applied = await readSplits(db);
    const ids = applied.splits.flatMap(({ arms }) => arms.map(({ versionId }) => versionId));
    for (const version of await readVersions(db, ids)) versions.set(version.id, version);
    await renew();
  };
  const openPages = async (cards: readonly NewCard[]): Promise<void> => {
    await db.query(
      `insert into panel_sessions (id, conversation_id, user_id, instance_id, state)
       select gen_random_uuid(), c, a, $3::uuid, 'visible' from rows from (unnest($1::text[]), unnest($2::text[])) as t (c, a)`,
      [cards.map(({ conversationId }) => conversationId), cards.map(({ agentId }) => agentId), id],
    );
  };
  /** Which version each card is of is decided as it is added. */
  const versionsGiven = async (cards: readonly NewCard[]): Promise<ReadonlyMap<string, string>> => {
    const rows = await db.query<{ readonly card: string; readonly version: string }>(
      'select card_id as card, version_id as version from panel_cards where card_id = any($1::uuid[])',
      [cards.map(({ cardId }) => cardId)],
    );
    return new Map(rows.map(({ card, version }) => [card, version]));
  };
  const tick = async (): Promise<void> => {
    await renew();
    const cards = applied.splits.flatMap((split) =>
      Array.from({ length: options.cardsPerTick(split.action) }, () => cardIn(split, options.agents ?? AGENTS)),
    );
    await openPages(cards);
    const added = await addCards(db, cards);
    const given = await versionsGiven(cards);
    cards.forEach((card, at) => {
      const version = versions.get(given.get(card.cardId) ?? '');
      // Without a lease nothing is shown but what serves anyhow.
      if (added[at] !== 'added' || version === undefined || performance.now() > leaseUntil) return;
      onShown({ ...card, version: version.version, at: Date.now() });
      due.push({ ...fateOf(card, version, options.modelOf(version.version)) });
    });
    await tell();
  };
  const tell = async (): Promise<void> => {
    const now = performance.now();
    const ripe = due.filter(({ at }) => at <= now);
    due.splice(0, due.length, ...due.filter(({ at }) => at > now));
    if (ripe.length > 0)
      await storePageEvents(
        db,
        ripe.map(({ report }) => report),
      );
  };
  await renew();
  const running = (async () => {
    while (!life.ended) {
      await tick();
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  })();
  return {
    kill: () => {
      life.ended = true;
    },
    end: async () => {
      life.ended = true;
      await running;
      await endInstance(db, id);
    },
  };
}

function cardIn({ action, arms, queues }: PanelSplit, agents: readonly string[]): NewCard {
  return {
    cardId: randomUUID(),
    action,
    fired: arms.map(({ versionId }) => versionId),
    conversationId: randomUUID(),
    utteranceId: randomUUID(),
    queueId: queues[0] ?? 'queue',
    agentId: agents[Math.floor(Math.random() * agents.length)] ?? '',
    mediaType: 'voice',
    language: 'en-GB',
  };
}

function fateOf(card: NewCard, { htmlSha256 }: PanelVersion, model: VersionModel) {
  const { cardId, conversationId, agentId } = card;
  const afterMs = model.latencyMs * (0.5 + Math.random());
  const draw = Math.random();
  const kind = draw < model.acceptance ? 'accepted' : draw < model.acceptance + model.dismissal ? 'dismissed' : null;
  const rendered = { id: randomUUID(), kind: 'rendered', cardId, afterMs, sha256: htmlSha256 } as const;
  const answer = kind && ({ id: randomUUID(), kind, cardId, afterMs: afterMs + 100 } as const);
  return {
    at: performance.now() + afterMs + 150,
    report: { conversationId, userId: agentId, events: answer === null ? [rendered] : [rendered, answer] },
  };
}
