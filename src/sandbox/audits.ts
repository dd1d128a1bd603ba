/** The audit log: what was written here, by whom, the latest 10,000 entries. Nobody can write an entry. */
import { randomUUID } from 'node:crypto';
import type { Channels } from './channels.ts';

export interface Written {
  readonly serviceName: string;
  readonly entityType: string;
  readonly action: string;
  readonly entity: { readonly id: string; readonly name?: string };
  readonly clientId: string;
  readonly userId: string | undefined;
}

/** `AuditLogMessage`, as far as it is of use here. */
export interface AuditEntry {
  readonly id: string;
  readonly client: { readonly id: string };
  readonly user?: { readonly id: string };
  readonly serviceName: string;
  readonly level: 'USER';
  readonly eventDate: string;
  readonly action: string;
  readonly entity: Written['entity'];
  readonly entityType: string;
  readonly status: 'SUCCESS';
}

const REMEMBERED = 10_000;

export class Audits {
  readonly #entries: AuditEntry[] = [];
  readonly #now: () => number;
  readonly #publish: Channels['publish'];

  constructor(now: () => number, publish: Channels['publish']) {
    this.#now = now;
    this.#publish = publish;
  }

  /** In the order in which they were written. */
  all(): readonly AuditEntry[] {
    return this.#entries;
  }

  record({ serviceName, entityType, action, entity, clientId, userId }: Written): void {
    const entry: AuditEntry = {
      id: randomUUID(),
      client: { id: clientId },
      ...(userId !== undefined && { user: { id: userId } }),
      serviceName,
      level: 'USER',
      eventDate: new Date(this.#now()).toISOString(),
      action,
      entity,
      entityType,
      status: 'SUCCESS',
    };
    this.#entries.push(entry);
    if (this.#entries.length > REMEMBERED) this.#entries.shift();
    this.#publish(`v2.audits.entitytype.${entityType}.entityid.${entity.id}`, () => toldBy(entry));
  }
}

/** `AuditTopicAuditLogMessage`: the topic has other names for some of it. */
function toldBy({ id, client, user, serviceName, level, eventDate, action, entity, entityType }: AuditEntry): object {
  const who = { clientId: client, ...(user !== undefined && { userId: user.id }) };
  return { id, ...who, serviceName, level, eventTime: eventDate, action, entity, entityType };
}
