/** Event exports: which events leave the organisation, and where to. */
import { parseBody } from './api-error.ts';
import { Documents } from './documents.ts';
import type { Page } from './documents.ts';
import { exportBodySchema } from './wire.ts';
import type { ExportBody, ExportDocument } from './wire.ts';

interface Watcher {
  readonly now: () => number;
  readonly save: () => void;
}

export class ExportStore {
  readonly #documents: Documents<ExportDocument>;
  readonly #watcher: Watcher;

  constructor(documents: readonly ExportDocument[], watcher: Watcher) {
    this.#documents = new Documents('/api/v2/analytics/event-exports', documents);
    this.#watcher = watcher;
  }

  /** With their secrets: for the state file and the pusher only. */
  all(): readonly ExportDocument[] {
    return this.#documents.all();
  }

  list(page: Page): Record<string, unknown> {
    return this.#documents.list(page, readable);
  }

  get(id: string): ExportDocument {
    return readable(this.#documents.get(id));
  }

  create(body: unknown): ExportDocument {
    const document = { ...parseBody(exportBodySchema, body), ...this.#documents.stamp(this.#watcher.now()) };
    return this.#put(document);
  }

  /** The whole document is replaced, but for the secret: it cannot be read back, so one that is not sent stays. */
  replace(id: string, body: unknown): ExportDocument {
    const before = this.#documents.get(id);
    const after = { ...parseBody(exportBodySchema, body), ...this.#documents.stamp(this.#watcher.now(), id) };
    const { signingSecret } = before.destination;
    const destination = { ...(signingSecret !== undefined && { signingSecret }), ...after.destination };
    return this.#put({ ...after, destination, dateCreated: before.dateCreated });
  }

  remove(id: string): void {
    this.#documents.remove(id);
    this.#watcher.save();
  }

  #put(document: ExportDocument): ExportDocument {
    this.#documents.put(document);
    this.#watcher.save();
    return readable(document);
  }
}

/** An event leaves when its type is wanted and the filter lets it pass; an AND of two types lets nothing pass. */
export function admits(exported: ExportBody, eventType: string): boolean {
  if (!exported.enabled || !exported.eventTypes.includes(eventType)) return false;
  const { filter } = exported;
  if (filter === undefined || filter.filters.length === 0) return true;
  const matches = (wanted: { readonly value: string }): boolean => wanted.value === eventType;
  return filter.type === 'AND' ? filter.filters.every(matches) : filter.filters.some(matches);
}

function readable(document: ExportDocument): ExportDocument {
  const { type, url } = document.destination;
  return { ...document, destination: { type, url } };
}
