/**
 * The organisation's documents as this observer reads them: its own arithmetic, written from docs/sandbox.md and not
 * from the engine.
 */
import { createHash } from 'node:crypto';

export interface Document {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** ISO 8601, by the organisation's clock. */
  readonly dateModified: string;
  readonly content: unknown;
  readonly trigger: unknown;
  readonly ui: unknown;
  readonly metadata: { readonly traffic_split: number; readonly ab_test_group: string };
}

/** `RefundAssist` of `RefundAssist v1.6.0`. */
export function actionOf({ name }: Pick<Document, 'name'>): string {
  return name.replace(/ v[^ ]*$/, '');
}

/** Hundredths of a percent: every bucket that a split can tell apart. */
const BUCKETS = 10_000;

/**
 * How many buckets no enabled version serves: a candidate serves from the bottom up, everything else from the top down.
 */
export function unservedBuckets(versions: readonly Document[]): number {
  const served = new Uint8Array(BUCKETS);
  for (const {
    enabled,
    metadata: { traffic_split: percent, ab_test_group: group },
  } of versions) {
    if (!enabled) continue;
    const width = Math.round((percent * BUCKETS) / 100);
    if (group === 'candidate') served.fill(1, 0, width);
    else served.fill(1, BUCKETS - width);
  }
  return served.reduce((holes, bucket) => holes + (bucket === 0 ? 1 : 0), 0);
}

/** Shown to some conversation as the version on trial. */
export function isOnTrial({ enabled, metadata }: Document): boolean {
  return enabled && metadata.ab_test_group === 'candidate' && metadata.traffic_split > 0;
}

/** What agents see and when. */
export function contentOf({ content, trigger, ui }: Document): string {
  return createHash('sha1')
    .update(JSON.stringify([content, trigger, ui]))
    .digest('hex');
}

/** Reads all documents whose names begin with `prefix`, with a token of its own. */
export function createReader(
  url: string,
  client: { readonly id: string; readonly secret: string },
  prefix = '',
): () => Promise<Document[]> {
  let token: string | null = null;
  return async () => {
    token ??= await login(url, client);
    const all: Document[] = [];
    for (let page = 1; ; page++) {
      const answer = await fetch(
        `${url}/api/v2/agentassist/actions?pageSize=100&pageNumber=${page}&name=${encodeURIComponent(prefix)}`,
        {
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(2_000),
        },
      );
      if (answer.status === 401) token = null;
      if (!answer.ok) throw new Error(`the organisation answered ${answer.status}`);
      const { entities, pageCount } = (await answer.json()) as { entities: Document[]; pageCount: number };
      all.push(...entities);
      if (page >= pageCount) return all;
    }
  };
}

async function login(url: string, { id, secret }: { readonly id: string; readonly secret: string }): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body, signal: AbortSignal.timeout(2_000) });
  if (!answer.ok) throw new Error(`the organisation gave no token: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}
