/** What cards are made of: a version is written once and never changes. */
import { createHash } from 'node:crypto';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { Queryable } from '../database.ts';

/** What a version is, without its name. */
export type PanelContent = Pick<CardVersion, 'html' | 'trigger' | 'ui' | 'inlineCode'>;

export interface PanelVersion {
  readonly id: string;
  readonly action: string;
  readonly version: string;
  readonly content: PanelContent;
  /** SHA-256, hex, of all that the version is. */
  readonly contentSha256: string;
  /** SHA-256, hex, of the UTF-8 of `content.html`: what a page says that it painted must be this. */
  readonly htmlSha256: string;
  readonly rolloutId: string;
  readonly createdAt: Date;
}

export type NewVersion = Pick<PanelVersion, 'action' | 'version' | 'content' | 'contentSha256' | 'rolloutId'>;

const COLUMNS = `id, action, version, content, content_sha256 as "contentSha256", html_sha256 as "htmlSha256",
  rollout_id as "rolloutId", created_at as "createdAt"`;

/** Adds it if there is none of its name; answers what there is, which may be of another content. Idempotent. */
export async function publishVersion(db: Queryable, added: NewVersion): Promise<PanelVersion> {
  const { action, version, content, contentSha256, rolloutId } = added;
  await db.query(
    `insert into panel_versions (action, version, content, content_sha256, html_sha256, rollout_id)
     values ($1, $2, $3, $4, $5, $6) on conflict (action, version) do nothing`,
    [action, version, content, contentSha256, htmlSha256(content.html), rolloutId],
  );
  const [found] = await db.query<PanelVersion>(
    `select ${COLUMNS} from panel_versions where action = $1 and version = $2`,
    [action, version],
  );
  if (found === undefined) throw new Error(`The version ${version} of ${action} was added and is not there.`);
  return found;
}

/** Of one action, or of all (null); the oldest first. */
export async function versionsOfAction(db: Queryable, action: string | null): Promise<PanelVersion[]> {
  return db.query<PanelVersion>(
    `select ${COLUMNS} from panel_versions where $1::text is null or action = $1 order by created_at, id`,
    [action],
  );
}

/** Those of the ids that there are. */
export async function readVersions(db: Queryable, ids: readonly string[]): Promise<PanelVersion[]> {
  return db.query<PanelVersion>(`select ${COLUMNS} from panel_versions where id = any($1::uuid[])`, [ids]);
}

function htmlSha256(html: string): string {
  return createHash('sha256').update(html, 'utf8').digest('hex');
}
