/** Assistants, and the queues and agents that each serves. A queue has one at most: the last that was put wins. */
import { z } from 'zod';
import { assignmentsOf } from './assistant-users.ts';
import type { Assignments } from './assistant-users.ts';
import { isGenesysError, unlessGone } from './errors.ts';
import type { Api } from './http.ts';
import { listByCursor } from './paging.ts';
import type { Urgency } from './token-bucket.ts';

export interface Assistants extends Assignments {
  /** With their copilots; of this very name, or all of them. */
  list(name?: string): AsyncGenerator<AssistantDocument, void, undefined>;
  /** With its copilot. */
  get(assistantId: string, urgency?: Urgency): Promise<AssistantDocument>;
  /** Those of these queues that have an assistant, each with it. */
  queuesAmong(queueIds: readonly string[], urgency?: Urgency): Promise<AssistantQueue[]>;
  queuesOf(assistantId: string): AsyncGenerator<AssistantQueue, void, undefined>;
  /** The queue with its assistant; null when it has none. */
  ofQueue(queueId: string, urgency?: Urgency): Promise<AssistantQueue | null>;
  /** Attaches the assistant, whatever was attached; the same twice is the same. */
  putQueue(assistantId: string, queue: QueueOfAssistant, urgency?: Urgency): Promise<AssistantQueue>;
  /** The same of many; the other queues of the assistant stay. */
  patchQueues(assistantId: string, queues: readonly QueueOfAssistant[], urgency?: Urgency): Promise<void>;
  /** Leaves the queue without any; does nothing when it was not of this assistant. */
  removeQueue(assistantId: string, queueId: string, urgency?: Urgency): Promise<void>;
}

/** `Call`, `Email` or `Message`, in which the assistant helps; whether to all agents, the platform does not tell. */
export interface QueueOfAssistant {
  readonly id: string;
  readonly mediaTypes: readonly string[];
}

const ruleSchema = z.looseObject({
  id: z.string().nullish(),
  enabled: z.boolean(),
  rule: z.looseObject({
    conditions: z.array(z.looseObject({ conditionType: z.string(), conditionValues: z.array(z.string()).nullish() })),
    actions: z.array(z.looseObject({ actionType: z.string(), attributes: z.record(z.string(), z.string()).nullish() })),
  }),
});

const assistantSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  /** `Active` or `Inactive`. */
  state: z.string().nullish(),
  dateModified: z.string().nullish(),
  copilot: z
    .looseObject({
      enabled: z.boolean().nullish(),
      liveOnQueue: z.boolean().nullish(),
      defaultLanguage: z.string().nullish(),
      ruleEngineConfig: z.looseObject({ rules: z.array(ruleSchema).nullish() }).nullish(),
    })
    .nullish(),
});
export type AssistantDocument = z.infer<typeof assistantSchema>;

const queueSchema = z.looseObject({
  id: z.string().min(1),
  mediaTypes: z.array(z.string()),
  assistant: assistantSchema.nullish(),
  dateModified: z.string().nullish(),
});
export type AssistantQueue = z.infer<typeof queueSchema>;

export function createAssistants(api: Api): Assistants {
  return {
    list: (name) =>
      listByCursor(api, {
        path: PATH,
        query: { expand: 'copilot', ...(name === undefined ? {} : { name }) },
        entity: assistantSchema,
      }),
    get: async (assistantId, urgency) => {
      const [path, query] = [pathOf(assistantId), { expand: 'copilot' }];
      return (await api({ method: 'GET', path, query, schema: assistantSchema, urgency })).value;
    },
    queuesAmong: (queueIds, urgency) => queuesAmong(api, [...new Set(queueIds)], urgency),
    queuesOf: (assistantId) =>
      listByCursor(api, { path: `${pathOf(assistantId)}/queues`, query: {}, entity: queueSchema }),
    ofQueue: (queueId, urgency) => ofQueue(api, queueId, urgency),
    putQueue: async (assistantId, queue, urgency) =>
      (
        await api({
          method: 'PUT',
          path: queuePathOf(assistantId, queue.id),
          body: bodyOf(queue),
          schema: queueSchema,
          urgency,
        })
      ).value,
    async patchQueues(assistantId, queues, urgency) {
      const path = `${pathOf(assistantId)}/queues`;
      await api({ method: 'PATCH', path, body: queues.map(bodyOf), schema: z.unknown(), urgency });
    },
    removeQueue: (assistantId, queueId, urgency) =>
      unlessGone(api({ method: 'DELETE', path: queuePathOf(assistantId, queueId), schema: z.unknown(), urgency })),
    ...assignmentsOf(api, queuePathOf),
  };
}

const PATH = 'assistants';
/** They stand in the address, in one parameter. */
const IDS_AT_ONCE = 50;

function pathOf(assistantId: string): string {
  return `${PATH}/${encodeURIComponent(assistantId)}`;
}

function queuePathOf(assistantId: string, queueId: string): string {
  return `${pathOf(assistantId)}/queues/${encodeURIComponent(queueId)}`;
}

/** What is read only is not sent back. */
function bodyOf({ id, mediaTypes }: QueueOfAssistant): object {
  return { id, mediaTypes: [...mediaTypes] };
}

async function queuesAmong(
  api: Api,
  queueIds: readonly string[],
  urgency: Urgency | undefined,
): Promise<AssistantQueue[]> {
  const found: AssistantQueue[] = [];
  for (let from = 0; from < queueIds.length; from += IDS_AT_ONCE) {
    const some = queueIds.slice(from, from + IDS_AT_ONCE).join(',');
    const query = { queueIds: some, expand: 'assistant' };
    for await (const queue of listByCursor(api, { path: `${PATH}/queues`, query, entity: queueSchema, urgency }))
      if (queueIds.includes(queue.id)) found.push(queue);
  }
  return found;
}

async function ofQueue(api: Api, queueId: string, urgency: Urgency | undefined): Promise<AssistantQueue | null> {
  const path = `routing/queues/${encodeURIComponent(queueId)}/assistant`;
  try {
    return (await api({ method: 'GET', path, query: { expand: 'assistant' }, schema: queueSchema, urgency })).value;
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}
