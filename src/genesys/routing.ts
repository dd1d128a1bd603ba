/** Queues and skills of the organisation: which of some ids there are, and which queues by name. */
import { z } from 'zod';
import { isGenesysError } from './errors.ts';
import type { GenesysError } from './errors.ts';
import type { Api } from './http.ts';
import { listAll } from './paging.ts';
import type { Urgency } from './token-bucket.ts';

type RoutingKind = 'queue' | 'skill';

interface RoutingAnswer {
  /** Ids of which the organisation has none. */
  readonly unknown: readonly string[];
  /** Ids that our client may not look up: they may be there or not. */
  readonly hidden: readonly string[];
  /** Permissions or scopes that our client lacks for the hidden ones. */
  readonly missing: readonly string[];
}

export interface Queue {
  readonly id: string;
  readonly name: string;
}

export interface Routing {
  /** Those in whose name the text is, an empty one in all, sorted as the organisation does. */
  queues(text: string): AsyncIterable<Queue>;
  /** Needs `routing:queue:view` or `routing:skill:view`; without it the ids are `hidden`, and nothing is thrown. */
  lookUp(kind: RoutingKind, ids: readonly string[], urgency?: Urgency): Promise<RoutingAnswer>;
}

export function createRouting(api: Api): Routing {
  return {
    queues: (text) => queuesNamed(api, text),
    lookUp: (kind, ids, urgency) => lookUp(api, { kind, urgency }, [...new Set(ids)]),
  };
}

const PATHS: Readonly<Record<RoutingKind, string>> = { queue: 'routing/queues', skill: 'routing/skills' };
/** One page, and an address of some 2,000 characters. */
const IDS_AT_ONCE = 50;
/** What has another form is not asked for: one such id, and the platform refuses them all (400 `invalid.id`). */
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** `state` is that of a skill: active, inactive or deleted. */
const entitySchema = z.looseObject({ id: z.string().min(1), state: z.string().nullish() });

const queueSchema = z.object({ id: z.string().min(1), name: z.string() });

/** A name is asked for whole; by what it has anywhere within, between asterisks. */
function queuesNamed(api: Api, text: string): AsyncIterable<Queue> {
  return listAll(api, { path: PATHS.queue, query: text === '' ? {} : { name: `*${text}*` }, entity: queueSchema });
}

interface Asked {
  readonly kind: RoutingKind;
  readonly urgency: Urgency | undefined;
}

/** A listing leaves out what is in another division, and what is new: whatever it lacks is asked for by itself. */
async function lookUp(api: Api, asked: Asked, ids: readonly string[]): Promise<RoutingAnswer> {
  const unknown = ids.filter((id) => !ID.test(id));
  const hidden: string[] = [];
  const missing = new Set<string>();
  const hide = (some: readonly string[], refusal: GenesysError): void => {
    hidden.push(...some);
    for (const right of refusal.missing) missing.add(right);
  };
  for (const some of chunksOf(ids.filter((id) => ID.test(id)))) {
    const listed = await orRefusal(idsListed(api, asked, some));
    if (isGenesysError(listed)) hide(some, listed);
    else
      for (const id of some.filter((one) => !listed.has(one))) {
        const isThere = await orRefusal(exists(api, asked, id));
        if (isGenesysError(isThere)) hide([id], isThere);
        else if (!isThere) unknown.push(id);
      }
  }
  return { unknown, hidden, missing: [...missing] };
}

async function idsListed(api: Api, { kind, urgency }: Asked, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const entity of listAll(api, { path: PATHS[kind], query: { id: ids }, entity: entitySchema, urgency }))
    if (!isDeleted(entity)) found.add(entity.id);
  return found;
}

async function exists(api: Api, { kind, urgency }: Asked, id: string): Promise<boolean> {
  try {
    const path = `${PATHS[kind]}/${id}`;
    return !isDeleted((await api({ method: 'GET', path, schema: entitySchema, urgency })).value);
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return false;
    throw error;
  }
}

function isDeleted({ state }: z.infer<typeof entitySchema>): boolean {
  return state === 'deleted';
}

async function orRefusal<T>(asked: Promise<T>): Promise<T | GenesysError> {
  try {
    return await asked;
  } catch (error) {
    if (isGenesysError(error, 'forbidden')) return error;
    throw error;
  }
}

function chunksOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, index) =>
    ids.slice(index * IDS_AT_ONCE, (index + 1) * IDS_AT_ONCE),
  );
}
