/** Agent Assist actions: one document per version, names unique, triggers only on queues and skills that exist. */
import { invalidFields, parseBody } from './api-error.ts';
import { baseName, servedVersion } from './coverage.ts';
import type { CoverageMonitor } from './coverage.ts';
import { Documents } from './documents.ts';
import type { Page } from './documents.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import type { RoutingDirectory } from './routing.ts';
import { actionBodySchema } from './wire.ts';
import type { ActionBody, ActionDocument } from './wire.ts';

/** A version as traffic meets it. */
export interface LiveVersion extends ServedVersion {
  readonly document: ActionDocument;
}

interface Watcher {
  readonly coverage: CoverageMonitor;
  readonly routing: RoutingDirectory;
  readonly now: () => number;
  /** Called after every change and before the answer leaves. */
  readonly save: () => void;
}

export class ActionStore {
  readonly #documents: Documents<ActionDocument>;
  readonly #watcher: Watcher;
  #live: ReadonlyMap<string, readonly LiveVersion[]>;

  constructor(documents: readonly ActionDocument[], watcher: Watcher) {
    this.#documents = new Documents('/api/v2/agentassist/actions', documents);
    this.#watcher = watcher;
    this.#live = liveByName(documents);
  }

  all(): readonly ActionDocument[] {
    return this.#documents.all();
  }

  list(page: Page): Record<string, unknown> {
    return this.#documents.list(page, (document) => document);
  }

  get(id: string): ActionDocument {
    return this.#documents.get(id);
  }

  create(body: unknown, id?: string): ActionDocument {
    const document = { ...this.#parse(body), ...this.#documents.stamp(this.#watcher.now(), id) };
    this.#documents.put(document);
    this.#changed('created', document);
    return document;
  }

  /** The whole document is replaced. */
  replace(id: string, body: unknown): ActionDocument {
    const { dateCreated } = this.get(id);
    const document = { ...this.#parse(body), ...this.#documents.stamp(this.#watcher.now(), id), dateCreated };
    this.#documents.put(document);
    this.#changed('updated', document);
    return document;
  }

  remove(id: string): void {
    this.#changed('deleted', this.#documents.remove(id));
  }

  /** Versions by the name they share, `RefundAssist` for `RefundAssist v1.4.0`. */
  live(): ReadonlyMap<string, readonly LiveVersion[]> {
    return this.#live;
  }

  #parse(body: unknown): ActionBody {
    return parseAction(body, this.#watcher.routing);
  }

  #changed(kind: 'created' | 'updated' | 'deleted', document: ActionDocument): void {
    const { coverage, now, save } = this.#watcher;
    this.#live = liveByName(this.all());
    coverage.changed(kind, document, this.all(), now());
    save();
  }
}

function parseAction(body: unknown, routing: RoutingDirectory): ActionBody {
  const action = parseBody(actionBodySchema, body);
  const unknown = action.trigger.conditions.flatMap(({ type, id }, i) =>
    routing.has(type, id) ? [] : [{ type, id, i }],
  );
  if (unknown.length === 0) return action;
  throw invalidFields(
    unknown.map(({ i }) => ({ errorCode: 'invalid.id', fieldName: `trigger.conditions.${i}.id` })),
    unknown.map(({ type, id, i }) => `trigger.conditions.${i}.id: this organisation has no ${type} ${id}`),
  );
}

function liveByName(documents: readonly ActionDocument[]): ReadonlyMap<string, readonly LiveVersion[]> {
  const byName = new Map<string, LiveVersion[]>();
  for (const document of documents) {
    const versions = byName.get(baseName(document)) ?? [];
    versions.push({ ...servedVersion(document), document });
    byName.set(baseName(document), versions);
  }
  return byName;
}
