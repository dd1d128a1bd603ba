/**
 * Asks the organisation itself what it serves: plain HTTP, sharing no code with the engine that claims to have changed
 * it.
 */
import { z } from 'zod';
import type { Outcome } from '../../workflows/messages.ts';

export interface Endpoint {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ServedDocument {
  readonly version: string;
  readonly enabled: boolean;
  readonly group: string;
  readonly splitPercent: number;
}

const tokenSchema = z.object({ access_token: z.string() });
const pageSchema = z.object({
  pageCount: z.number(),
  entities: z.array(
    z.object({
      version: z.string(),
      enabled: z.boolean(),
      metadata: z.object({ traffic_split: z.number(), ab_test_group: z.string() }),
    }),
  ),
});

export async function servedDocuments(endpoint: Endpoint, actionName: string): Promise<ServedDocument[]> {
  const token = await fetchToken(endpoint);
  const documents: ServedDocument[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = new URLSearchParams({ name: `${actionName} v`, pageNumber: String(page), pageSize: '25' });
    const answer = pageSchema.parse(
      await json(`${endpoint.url}/api/v2/agentassist/actions?${query.toString()}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    pages = answer.pageCount;
    for (const { version, enabled, metadata } of answer.entities) {
      documents.push({ version, enabled, group: metadata.ab_test_group, splitPercent: metadata.traffic_split });
    }
  }
  return documents;
}

/**
 * Does what is served agree with the outcome? Promoted: only the candidate, at 100. Rolled back: only the baseline, at
 * 100.
 */
export function provesOutcome(
  documents: readonly ServedDocument[],
  outcome: Outcome | null,
  versions: { candidate: string; baseline: string | null },
): boolean {
  const candidate = documents.find(({ version }) => version === versions.candidate);
  const baseline = documents.find(({ version }) => version === versions.baseline);
  if (outcome === 'promoted') return servesAll(candidate) && baseline?.enabled === false;
  if (outcome === 'rolledBack')
    return servesAll(baseline) && (candidate === undefined || (!candidate.enabled && candidate.splitPercent === 0));
  return false;
}

function servesAll(document: ServedDocument | undefined): boolean {
  return document !== undefined && document.enabled && document.group === 'control' && document.splitPercent === 100;
}

async function fetchToken({ url, clientId, clientSecret }: Endpoint): Promise<string> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const answer = await json(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return tokenSchema.parse(answer).access_token;
}

export async function json(url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}; expected 200.`);
  return answer.json();
}
