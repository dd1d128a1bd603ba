/**
 * The same rows without the service: COPY, the fastest means either driver has, with text that was made ready before
 * the
 * clock starts, nothing checked, and each exposure written once in its final form.
 */
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import type { Connection, Submittable } from 'pg';
import type { EngagementEvent } from '../../src/domain/events/event.ts';

export interface Chunk {
  readonly events: string;
  readonly exposures: string;
}

export interface RawStore {
  /** Both COPYs in one transaction. */
  load(chunk: Chunk): Promise<void>;
  close(): Promise<void>;
}

const EVENTS = 'events (source, id, type, card_id, occurred_at, received_at, raw)';
const EXPOSURES = `exposures (card_id, action_id, action_name, version, conversation_id, agent_id, queue_id, media_type, language,
  triggered_at, rendered_at, outcomes, first_seen_at, late_ms)`;

/** Rows as the service would have stored them; an exposure goes with its first event. */
export function toChunks(events: readonly EngagementEvent[], size: number): Chunk[] {
  const cards = byCard(events);
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) => {
    const part = events.slice(index * size, (index + 1) * size);
    return {
      events: lines(
        part.map((event) => [
          'genesys',
          event.id,
          event.type,
          event.cardId,
          event.occurredAt,
          event.occurredAt,
          JSON.stringify(event),
        ]),
      ),
      exposures: lines(
        part
          .filter((event) => cards.get(event.cardId)?.[0] === event)
          .map((event) => toExposure(cards.get(event.cardId) ?? [])),
      ),
    };
  });
}

function byCard(events: readonly EngagementEvent[]): Map<string, EngagementEvent[]> {
  const cards = new Map<string, EngagementEvent[]>();
  for (const event of events) {
    const known = cards.get(event.cardId);
    if (known) known.push(event);
    else cards.set(event.cardId, [event]);
  }
  return cards;
}

function toExposure(events: readonly EngagementEvent[]): (string | null)[] {
  const [first] = events;
  if (!first) throw new RangeError('A card has at least one event.');
  const rendered = events.find(({ renderedAt }) => renderedAt !== undefined)?.renderedAt ?? null;
  const answer = events.find(({ type }) => /accepted|dismissed/.test(type));
  return [
    first.cardId,
    first.actionId,
    first.actionName,
    first.version,
    first.conversationId,
    first.agentId,
    first.queueId,
    first.mediaType ?? null,
    first.language ?? null,
    first.triggeredAt,
    rendered,
    answer ? JSON.stringify({ [answer.type.replace('agentassist.action.', '')]: Date.parse(answer.occurredAt) }) : '{}',
    first.occurredAt,
    '12',
  ];
}

function lines(rows: readonly (readonly (string | null)[])[]): string {
  return rows
    .map((row) => `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`)
    .join('');
}

export async function openRawPglite(dataDir: string): Promise<RawStore> {
  const pglite = await PGlite.create(dataDir);
  return {
    load: ({ events, exposures }) =>
      pglite.transaction(async (trx) => {
        await trx.query(`copy ${EVENTS} from '/dev/blob' with (format csv)`, [], { blob: new Blob([events]) });
        await trx.query(`copy ${EXPOSURES} from '/dev/blob' with (format csv)`, [], { blob: new Blob([exposures]) });
      }),
    close: () => pglite.close(),
  };
}

export async function openRawPg(url: string): Promise<RawStore> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const copy = (into: string, text: string): Promise<void> =>
    client.query(new CopyIn(`copy ${into} from stdin with (format csv)`, text)).done;
  return {
    async load({ events, exposures }) {
      await client.query('begin');
      await copy(EVENTS, events);
      await copy(EXPOSURES, exposures);
      await client.query('commit');
    },
    close: () => client.end(),
  };
}

/** What the driver's connection offers for COPY but its type declarations leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** The driver leaves COPY to whoever is the running query; this is the least that can be. */
class CopyIn implements Submittable {
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(
    private readonly sql: string,
    private readonly text: string,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.text));
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    this.#reject(error);
  }

  handleCommandComplete(): void {
    // `handleReadyForQuery` follows.
  }

  handleReadyForQuery(): void {
    this.#resolve();
  }
}
