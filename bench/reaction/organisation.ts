/** The organisation's own interface: a baseline for each rollout, and what is served in the end. */
import { z } from 'zod';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';

export interface OrganisationApi {
  /** An action by this name at version 1.0.0 that serves everybody. */
  createBaseline(action: string): Promise<void>;
  /** Does the baseline alone serve everybody? */
  isRestored(action: string): Promise<boolean>;
}

const pageSchema = z.object({
  entities: z.array(z.object({ version: z.string(), enabled: z.boolean(), metadata: z.object({ traffic_split: z.number() }) })),
});

export async function connectOrganisation(url: string): Promise<OrganisationApi> {
  const { id, secret } = DEFAULT_CLIENT;
  const login = await call(`${url}/oauth/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(login);
  const headers = { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' };
  const actions = `${url}/api/v2/agentassist/actions`;
  return {
    async createBaseline(action) {
      const { metadata } = SEEDED_BASELINE;
      const document = { ...SEEDED_BASELINE, name: `${action} v1.0.0`, version: '1.0.0', metadata: { ...metadata, version: '1.0.0' } };
      await call(actions, { method: 'POST', headers, body: JSON.stringify(document) });
    },
    async isRestored(action) {
      const { entities } = pageSchema.parse(await call(`${actions}?${new URLSearchParams({ name: `${action} v` }).toString()}`, { headers }));
      const [baseline, candidate] = ['1.0.0', '1.1.0'].map((version) => entities.find((entity) => entity.version === version));
      return baseline?.enabled === true && baseline.metadata.traffic_split === 100 && candidate?.enabled === false && candidate.metadata.traffic_split === 0;
    },
  };
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
