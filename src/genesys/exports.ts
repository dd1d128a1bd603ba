/** Event exports: the organisation pushes engagement events, signed, to a webhook of ours. */
import { z } from 'zod';
import { isGenesysError, unlessGone } from './errors.ts';
import type { Api } from './http.ts';
import { listAll } from './paging.ts';
import { exportSchema, withoutServerFields } from './wire.ts';
import type { ExportDocument } from './wire.ts';

export interface WantedExport {
  /** The export is ours by its name. */
  readonly name: string;
  readonly url: string;
  /** `whsec_` and base64: the key that signs each push. */
  readonly signingSecret: string;
  readonly eventTypes: readonly string[];
}

export interface EnsuredExport {
  readonly id: string;
  readonly outcome: 'created' | 'reused' | 'repaired';
}

export interface EventExports {
  ensureExport(wanted: WantedExport): Promise<EnsuredExport>;
  /** The export of this name as it is; null when there is none. */
  show(name: string): Promise<ExportDocument | null>;
  /** Does nothing when it is gone already. */
  remove(id: string): Promise<void>;
}

export function createEventExports(api: Api): EventExports {
  return {
    ensureExport: async (wanted) => {
      const found = await find(api, wanted.name);
      return found === undefined ? create(api, wanted) : settle(api, found, wanted);
    },
    show: async (name) => (await find(api, name)) ?? null,
    remove: (id) => unlessGone(api({ method: 'DELETE', path: pathOf(id), schema: z.unknown() })),
  };
}

const PATH = 'analytics/event-exports';

/** Lowest id first, so that everybody settles on the same one should there ever be two. */
async function find(api: Api, name: string): Promise<ExportDocument | undefined> {
  const found: ExportDocument[] = [];
  for await (const one of listAll(api, { path: PATH, query: { name }, entity: exportSchema, absent: 'noResource' })) {
    if (one.name === name) found.push(one);
  }
  return found.sort((a, b) => a.id.localeCompare(b.id))[0];
}

/** Another worker may create it between our look and our write: then theirs is the one. */
async function create(api: Api, wanted: WantedExport): Promise<EnsuredExport> {
  try {
    const { value } = await api({
      method: 'POST',
      path: PATH,
      body: bodyOf(wanted),
      secrets: [wanted.signingSecret],
      schema: exportSchema,
      absent: 'noResource',
    });
    return { id: value.id, outcome: 'created' };
  } catch (error) {
    const theirs = isGenesysError(error, 'conflict') ? await find(api, wanted.name) : undefined;
    if (theirs === undefined) throw error;
    return settle(api, theirs, wanted);
  }
}

/** Written even when nothing differs: the secret cannot be read back, and one that was changed must take effect. */
async function settle(api: Api, found: ExportDocument, wanted: WantedExport): Promise<EnsuredExport> {
  const body = { ...withoutServerFields(found), ...bodyOf(wanted) };
  await api({ method: 'PUT', path: pathOf(found.id), body, secrets: [wanted.signingSecret], schema: exportSchema });
  return { id: found.id, outcome: isAsWanted(found, wanted) ? 'reused' : 'repaired' };
}

/** An OR of all types: an AND, or a filter on `triggered` alone, would hold back every answer of an agent. */
function bodyOf(wanted: WantedExport): object {
  return {
    name: wanted.name,
    enabled: true,
    format: 'json',
    destination: { type: 'webhook', url: wanted.url, signingSecret: wanted.signingSecret },
    eventTypes: [...wanted.eventTypes],
    filter: { type: 'OR', filters: wanted.eventTypes.map((value) => ({ type: 'event', value })) },
  };
}

/** But for its secret, which cannot be read back. */
export function isAsWanted(found: ExportDocument, wanted: Omit<WantedExport, 'signingSecret'>): boolean {
  const admitted = found.filter?.type === 'OR' ? (found.filter.filters ?? []).map((filter) => filter.value) : [];
  return (
    found.enabled &&
    found.format === 'json' &&
    found.destination?.type === 'webhook' &&
    found.destination.url === wanted.url &&
    isSameSet(found.eventTypes ?? [], wanted.eventTypes) &&
    isSameSet(admitted, wanted.eventTypes)
  );
}

function isSameSet(a: readonly unknown[], b: readonly unknown[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((one) => b.includes(one));
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
