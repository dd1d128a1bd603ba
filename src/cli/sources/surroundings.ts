/** Where the baseline and the other actions come from: other plans, or the organisation. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../../config.ts';
import type { ActionVersion } from '../../domain/plan/plan.ts';
import {
  contentOf,
  contentSha256,
  isServing,
  isVersionOf,
  versionOf,
} from '../../targets/agent-assist-actions/document.ts';
import { buildActionPayload } from '../../targets/agent-assist-actions/payload.ts';
import { createGenesysClient } from '../../genesys/client.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { findArms } from '../../targets/agent-assist-actions/find-arms.ts';
import { TargetError } from '../../targets/target-error.ts';
import type { ActionDocument } from '../../genesys/wire.ts';
import { readPlan } from '../../lint/lint.ts';
import type { OtherTrigger } from '../../domain/diff/overlaps.ts';
import type { Surroundings } from '../../domain/diff/surroundings.ts';

export async function fromPlans(against: string | undefined, others: readonly string[]): Promise<Surroundings> {
  const baseline = against === undefined ? null : await readPlan(against);
  const triggers: OtherTrigger[] = [];
  for (const file of others) {
    const { action } = await readPlan(file);
    triggers.push({ action: action.name, trigger: action.trigger });
  }
  return {
    baseline: baseline === null ? null : { action: baseline.action, from: against ?? '', splitPercent: 100 },
    note: baseline === null ? 'No baseline: give --against <plan>, or configure the organisation (GENESYS_*).' : null,
    others: others.length === 0 ? null : triggers,
    exists: false,
  };
}

/** The work on the organisation's client, which is closed after it. */
export async function inOrganisation<T>(
  config: GenesysConfig,
  now: () => number,
  work: (client: GenesysClient) => Promise<T>,
): Promise<T> {
  const client = createGenesysClient({ ...config, now, sleep: (ms) => sleep(ms) });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

export async function fromOrganisation(client: GenesysClient, action: ActionVersion): Promise<Surroundings> {
  const documents: ActionDocument[] = [];
  for await (const document of client.actions.listByName('')) documents.push(document);
  return surroundingsIn(documents, action);
}

/** What all documents of an organisation tell about one action. */
export function surroundingsIn(documents: readonly ActionDocument[], action: ActionVersion): Surroundings {
  const own = documents.filter((document) => isVersionOf(document, action.name));
  const others = documents
    .filter((document) => !own.includes(document) && isServing(document))
    .flatMap((document) => {
      const content = contentOf(document);
      return content === null ? [] : [{ action: document.name, trigger: content.trigger }];
    });
  try {
    const { baseline, candidate } = findArms(own, action);
    const content = contentOf(baseline);
    const found =
      content === null
        ? null
        : {
            action: { name: action.name, version: versionOf(baseline) ?? '', ...content },
            from: `the organisation (${baseline.id})`,
            splitPercent: baseline.metadata?.traffic_split ?? 0,
          };
    return {
      baseline: found,
      note: found === null ? `"${baseline.name}" holds no whole card.` : null,
      others,
      exists: candidate !== undefined,
    };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, others, exists: false };
  }
}

/** What tells versions apart; the html is told by its size here. */
export function documentOf(action: ActionVersion): object {
  const sha256 = contentSha256(action);
  const {
    metadata: _metadata,
    content,
    ...rest
  } = buildActionPayload(action, { splitPercent: 0, group: 'candidate', rolloutId: '-', contentSha256: sha256 });
  return { ...rest, content: { type: content.type, bytes: Buffer.byteLength(content.html), sha256 } };
}
