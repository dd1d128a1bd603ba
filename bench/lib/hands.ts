/** Another hand in the organisation: edits, doubles and deletes versions as a person in the UI would. */
import type { OrganisationClient } from './organisation-call.ts';
import { signIn } from './organisation-call.ts';

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

export async function connectHands(url: string, client?: OrganisationClient): Promise<Hands> {
  const call = await signIn(url, client);
  const actions = 'agentassist/actions';
  const versions = async (prefix: string): Promise<Version[]> =>
    (await call<{ entities: Version[] }>('GET', `${actions}?pageSize=100&name=${encodeURIComponent(prefix)}`)).entities;
  const find = async (action: string, version: string): Promise<Version> => {
    const found = (await versions(`${action} v${version}`)).find(({ name }) => name === `${action} v${version}`);
    if (!found) throw new Error(`There is no ${action} v${version}.`);
    return found;
  };
  return {
    find,
    async edit(action, version, changes) {
      const document = await find(action, version);
      await call('PUT', `${actions}/${document.id}`, changed(document, changes));
    },
    async create(action, version, changes = {}) {
      const [model] = [...(await versions(`${action} v`)), ...(await versions('RefundAssist v1.4.0'))];
      if (!model) throw new Error('There is no version to make another of.');
      await call('POST', actions, {
        ...changed({ ...model, enabled: true }, { split: 100, group: 'control', ...changes }, version),
        name: `${action} v${version}`,
        version,
      });
    },
    async remove(action, version) {
      await call('DELETE', `${actions}/${(await find(action, version)).id}`);
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
