/** Integrations: each has a configuration with a version of its own, and is switched apart from it. */
import { z } from 'zod';
import type { Api } from './http.ts';
import { listAll } from './paging.ts';

export interface Integrations {
  /** Of this very name and type; the lowest id first, so that everybody settles on the same one should there be two. */
  findByName(typeId: string, name: string): Promise<IntegrationDocument[]>;
  get(id: string): Promise<IntegrationDocument>;
  /** Made disabled. The platform takes two of one name: look first. */
  create(typeId: string, name: string): Promise<IntegrationDocument>;
  readConfig(id: string): Promise<IntegrationConfig>;
  /** Whole: what is left out is gone. `conflict` when it is not the version that it was made from. */
  putConfig(id: string, config: IntegrationConfig): Promise<IntegrationConfig>;
  /** Takes its time: `reportedState` tells when it is so. */
  switchTo(id: string, intendedState: 'ENABLED' | 'DISABLED'): Promise<IntegrationDocument>;
}

const integrationSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  integrationType: z.looseObject({ id: z.string().nullish() }).nullish(),
  intendedState: z.string().nullish(),
  reportedState: z.looseObject({ code: z.string().nullish() }).nullish(),
});
export type IntegrationDocument = z.infer<typeof integrationSchema>;

/** Fields that are not known here survive a read and a write. */
const configSchema = z.looseObject({
  name: z.string().nullish(),
  version: z.number(),
  properties: z.record(z.string(), z.unknown()).nullish(),
  advanced: z.record(z.string(), z.unknown()).nullish(),
  notes: z.string().nullish(),
  credentials: z.record(z.string(), z.unknown()).nullish(),
});
export type IntegrationConfig = z.infer<typeof configSchema>;

export function createIntegrations(api: Api): Integrations {
  return {
    async findByName(typeId, name) {
      const found: IntegrationDocument[] = [];
      const query = { integrationType: typeId };
      for await (const one of listAll(api, { path: PATH, query, entity: integrationSchema }))
        if (one.name === name && (one.integrationType?.id ?? typeId) === typeId) found.push(one);
      return found.sort((a, b) => a.id.localeCompare(b.id));
    },
    get: async (id) => (await api({ method: 'GET', path: pathOf(id), schema: integrationSchema })).value,
    create: async (typeId, name) =>
      (
        await api({
          method: 'POST',
          path: PATH,
          body: { name, integrationType: { id: typeId } },
          schema: integrationSchema,
        })
      ).value,
    readConfig: async (id) => (await api({ method: 'GET', path: configPathOf(id), schema: configSchema })).value,
    putConfig: async (id, config) =>
      (await api({ method: 'PUT', path: configPathOf(id), body: bodyOf(config), schema: configSchema })).value,
    switchTo: async (id, intendedState) =>
      (await api({ method: 'PATCH', path: pathOf(id), body: { intendedState }, schema: integrationSchema })).value,
  };
}

const PATH = 'integrations';

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function configPathOf(id: string): string {
  return `${pathOf(id)}/config/current`;
}

/** What is read only is not sent back; the rest of a configuration has to be there. */
function bodyOf({ id: _id, selfUri: _selfUri, ...config }: IntegrationConfig): object {
  return {
    ...config,
    properties: config.properties ?? {},
    advanced: config.advanced ?? {},
    notes: config.notes ?? '',
    credentials: config.credentials ?? {},
  };
}
