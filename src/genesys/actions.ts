/** Agent Assist actions: one document per version of a card. */
import { z } from 'zod';
import { unlessGone } from './errors.ts';
import type { Answered, Api } from './http.ts';
import { listAll } from './paging.ts';
import type { Urgency } from './token-bucket.ts';
import { actionSchema, withoutServerFields } from './wire.ts';
import type { ActionDocument } from './wire.ts';

export interface Actions {
  /** Every action whose name begins so, through all pages. */
  listByName(namePrefix: string, urgency?: Urgency): AsyncGenerator<ActionDocument, void, undefined>;
  get(id: string, urgency?: Urgency): Promise<Answered<ActionDocument>>;
  /** Not idempotent: after `timeout`, `network` or `unavailable` look by name before asking again. */
  create(body: object): Promise<Answered<ActionDocument>>;
  /**
   * Writes the whole document as it was read with changes; `conflict` when another hand wrote since that read (where
   * the organisation can tell).
   */
  update(read: Answered<ActionDocument>, urgency?: Urgency): Promise<Answered<ActionDocument>>;
  /** Does nothing when it is gone already. */
  remove(id: string): Promise<void>;
}

export function createActions(api: Api): Actions {
  return {
    listByName: (namePrefix, urgency) =>
      listAll(api, { path: PATH, query: { name: namePrefix }, entity: actionSchema, urgency, absent: 'noResource' }),
    get: (id, urgency) => api({ method: 'GET', path: pathOf(id), schema: actionSchema, urgency }),
    create: (body) => api({ method: 'POST', path: PATH, body, schema: actionSchema, absent: 'noResource' }),
    update: ({ value: document, etag }, urgency) =>
      api({
        method: 'PUT',
        path: pathOf(document.id),
        body: withoutServerFields(document),
        ifMatch: etag,
        schema: actionSchema,
        urgency,
      }),
    remove: (id) => unlessGone(api({ method: 'DELETE', path: pathOf(id), schema: z.unknown() })),
  };
}

const PATH = 'agentassist/actions';

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
