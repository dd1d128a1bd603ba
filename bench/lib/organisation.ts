/** The organisation's own interface: a baseline for each rollout, and what is served. Knows nothing of the engine. */
import { z } from 'zod';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';

const versionSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  enabled: z.boolean(),
  metadata: z.object({ traffic_split: z.number() }),
});
export type ServedVersion = z.infer<typeof versionSchema>;

export interface OrganisationApi {
  /** An action by this name at version 1.0.0 that serves everybody. */
  createBaseline(action: string): Promise<void>;
  /** Does the baseline alone serve everybody? */
  isRestored(action: string): Promise<boolean>;
  /** Every version of every action. */
  versions(): Promise<readonly ServedVersion[]>;
  /** Calls so far of the client by this id. */
  callsOf(clientId: string): Promise<number>;
}

const PAGE = 100;
const pageSchema = z.object({ entities: z.array(versionSchema) });
const healthSchema = z.object({ calls: z.record(z.string(), z.number()) });

export async function connectOrganisation(
  url: string,
  { id, secret }: { readonly id: string; readonly secret: string } = DEFAULT_CLIENT,
): Promise<OrganisationApi> {
  const login = await call(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(login);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const actions = `${url}/api/v2/agentassist/actions`;
  const list = async (query: Readonly<Record<string, string>>): Promise<ServedVersion[]> =>
    pageSchema.parse(await call(`${actions}?${new URLSearchParams(query).toString()}`, { headers })).entities;
  return {
    async createBaseline(action) {
      const { metadata } = SEEDED_BASELINE;
      const document = {
        ...SEEDED_BASELINE,
        name: `${action} v1.0.0`,
        version: '1.0.0',
        metadata: { ...metadata, version: '1.0.0' },
      };
      await call(actions, { method: 'POST', headers, body: JSON.stringify(document) });
    },
    async isRestored(action) {
      const entities = await list({ name: `${action} v` });
      const [baseline, candidate] = ['1.0.0', '1.1.0'].map((version) =>
        entities.find((entity) => entity.version === version),
      );
      return (
        baseline?.enabled === true &&
        baseline.metadata.traffic_split === 100 &&
        candidate?.enabled === false &&
        candidate.metadata.traffic_split === 0
      );
    },
    async versions() {
      const all: ServedVersion[] = [];
      for (let page = 1; ; page++) {
        const entities = await list({ pageSize: String(PAGE), pageNumber: String(page) });
        all.push(...entities);
        if (entities.length < PAGE) return all;
      }
    },
    callsOf: async (clientId) => healthSchema.parse(await call(`${url}/sandbox/health`, {})).calls[clientId] ?? 0,
  };
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
