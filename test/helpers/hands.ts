/** Another hand in the organisation: edits, doubles and deletes versions as a person in the UI would. */

interface Changes {
  readonly html?: string;
  readonly enabled?: boolean;
  readonly split?: number;
  readonly group?: 'candidate' | 'control';
}

interface Version extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly content: Record<string, unknown>;
  readonly metadata: Record<string, unknown> & { readonly traffic_split: number; readonly ab_test_group: string };
}

export interface Hands {
  find(action: string, version: string): Promise<Version>;
  edit(action: string, version: string, changes: Changes): Promise<void>;
  /** A further version, made of the action's first one, or of the seeded one for an action of its own. */
  create(action: string, version: string, changes?: Changes): Promise<void>;
  remove(action: string, version: string): Promise<void>;
}

export async function connectHands(url: string): Promise<Hands> {
  const login = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
    }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v2/agentassist/actions${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const versions = async (prefix: string): Promise<Version[]> =>
    ((await call('GET', `?pageSize=100&name=${encodeURIComponent(prefix)}`)) as { entities: Version[] }).entities;
  const find = async (action: string, version: string): Promise<Version> => {
    const found = (await versions(`${action} v${version}`)).find(({ name }) => name === `${action} v${version}`);
    if (!found) throw new Error(`There is no ${action} v${version}.`);
    return found;
  };
  return {
    find,
    async edit(action, version, changes) {
      const document = await find(action, version);
      await call('PUT', `/${document.id}`, changed(document, changes));
    },
    async create(action, version, changes = {}) {
      const [model] = [...(await versions(`${action} v`)), ...(await versions('RefundAssist v1.4.0'))];
      if (!model) throw new Error('There is no version to make another of.');
      await call('POST', '', {
        ...changed({ ...model, enabled: true }, { split: 100, group: 'control', ...changes }, version),
        name: `${action} v${version}`,
        version,
      });
    },
    async remove(action, version) {
      await call('DELETE', `/${(await find(action, version)).id}`);
    },
  };
}

/** A body may hold only what callers send: the organisation takes out what it does not know. */
function changed(document: Version, { html, enabled, split, group }: Changes, version?: string): object {
  const { content, metadata } = document;
  return {
    ...document,
    enabled: enabled ?? document.enabled,
    content: html === undefined ? content : { ...content, html },
    metadata: {
      ...metadata,
      traffic_split: split ?? metadata.traffic_split,
      ab_test_group: group ?? metadata.ab_test_group,
      ...(version === undefined ? {} : { version }),
    },
  };
}
