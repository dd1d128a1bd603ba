/** Texts that a copilot shows: a version is written once and never changes. */
import type { Suggestion } from '../domain/plan/plan.ts';
import type { Queryable } from './database.ts';

export interface CopilotText {
  readonly id: string;
  readonly action: string;
  readonly version: string;
  readonly content: Suggestion;
  /** SHA-256, hex. */
  readonly contentSha256: string;
  readonly rolloutId: string;
}

const COLUMNS = 'id, action, version, content, content_sha256 as "contentSha256", rollout_id as "rolloutId"';

/** Adds it if there is none of its name; answers what there is, which may be of another content. Idempotent. */
export async function publishText(db: Queryable, added: Omit<CopilotText, 'id'>): Promise<CopilotText> {
  const { action, version, content, contentSha256, rolloutId } = added;
  await db.query(
    `insert into copilot_texts (action, version, content, content_sha256, rollout_id)
     values ($1, $2, $3, $4, $5) on conflict (action, version) do nothing`,
    [action, version, content, contentSha256, rolloutId],
  );
  const [found] = await db.query<CopilotText>(
    `select ${COLUMNS} from copilot_texts where action = $1 and version = $2`,
    [action, version],
  );
  if (found === undefined) throw new Error(`The text ${version} of ${action} was added and is not there.`);
  return found;
}

export async function readTexts(db: Queryable, ids: readonly string[]): Promise<readonly CopilotText[]> {
  return db.query<CopilotText>(`select ${COLUMNS} from copilot_texts where id = any($1::uuid[])`, [ids]);
}
