/** The registry of versions: what each rollout was started with and what came of it, beside its row in `rollouts`. */
import type { Plan } from '../domain/plan/plan.ts';
import type { RegistryEntry, Undo, VersionProof } from '../domain/registry/entry.ts';
import { provenVersions } from '../domain/registry/proven.ts';
import { MAX_HISTORY } from '../domain/registry/question.ts';
import type {
  AuditAnswer,
  AuditQuestion,
  HistoryRow,
  RegisteredAct,
  RegisteredVersion,
  RegistryAnswer,
  RegistryQuestion,
} from '../domain/registry/question.ts';
import { ACTS } from '../domain/rollout/acts.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { isServedBy, OUTCOMES } from '../domain/rollout/status.ts';
import { auditSize, findAuditLines } from './audit-log.ts';
import type { Queryable } from './database.ts';

export interface RegisteredRow {
  readonly plan?: Plan;
  readonly contentSha256?: string;
  readonly deployment?: Deployment;
  readonly verifiedBy?: string | null;
  readonly undo?: Undo;
}

/** Beside the row, which is there already. What is absent stays as it was; a plan never changes. */
export async function saveRegistered(db: Queryable, rolloutId: string, row: RegisteredRow): Promise<void> {
  await db.query(
    `update rollouts set plan = coalesce(plan, $2), content_sha256 = coalesce(content_sha256, $3),
       deployment = coalesce($4::jsonb, deployment), verified_by = coalesce($5, verified_by),
       undo = coalesce(undo, $6::jsonb)
     where rollout_id = $1`,
    [
      rolloutId,
      row.plan === undefined ? null : JSON.stringify(row.plan),
      row.contentSha256 ?? null,
      row.deployment ?? null,
      row.verifiedBy ?? null,
      row.undo ?? null,
    ],
  );
}

const COLUMNS = `rollout_id as "rolloutId", action, version, started_by as "startedBy", verified_by as "verifiedBy",
  started_at as "startedAt", ended_at as "endedAt", phase, outcome, reason, content_sha256 as "contentSha256",
  report, safety, deployment, undo`;

type Row = Omit<RegistryEntry, 'startedAt' | 'endedAt'> & {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
};

/** Newest first; `where` with its parameters, to which the limit is added as the last one. */
async function entriesWhere(
  db: Queryable,
  where: string,
  parameters: readonly unknown[],
  limit: number,
): Promise<RegistryEntry[]> {
  const rows = await db.query<Row>(
    `select ${COLUMNS} from rollouts where ${where}
     order by started_at desc, rollout_id limit $${parameters.length + 1}::bigint`,
    [...parameters, limit],
  );
  return rows.map(entryOf);
}

async function newestWhere(
  db: Queryable,
  where: string,
  parameters: readonly unknown[],
): Promise<RegistryEntry | null> {
  const [entry = null] = await entriesWhere(db, where, parameters, 1);
  return entry;
}

/** Newest first. */
export function registryEntries(db: Queryable, action: string, limit: number): Promise<RegistryEntry[]> {
  return entriesWhere(db, 'action = $1', [action], limit);
}

/** What came to serve or was gone back to, newest first: whatever was refused or rolled back since is in nobody's way. */
export function servedEntries(db: Queryable, action: string): Promise<RegistryEntry[]> {
  const served = OUTCOMES.filter(isServedBy);
  return entriesWhere(db, 'action = $1 and outcome = any($2::text[])', [action, served], MAX_HISTORY);
}

/** The last one that left something in service, or as it was; null: there is none. */
export function lastEnded(db: Queryable, action: string): Promise<RegistryEntry | null> {
  return newestWhere(db, "action = $1 and outcome <> 'rejected' and deployment is not null", [action]);
}

/** The newest rollout that proved harm against this content of the version, however long ago; null: there is none. */
export function harmfulEntry(
  db: Queryable,
  { action, version, contentSha256 }: Readonly<Record<'action' | 'version' | 'contentSha256', string>>,
): Promise<RegistryEntry | null> {
  return newestWhere(
    db,
    `action = $1 and version = $2 and undo is null and report ->> 'verdict' = 'harm'
       and (content_sha256 is null or content_sha256 = $3)`,
    [action, version, contentSha256],
  );
}

/**
 * By which the version came to serve; null: it was never rolled out here. A start of the same number that was refused or
 * rolled back may be of another content, of which nothing is proven.
 */
export async function servedPlan(db: Queryable, action: string, version: string): Promise<Plan | null> {
  const [row] = await db.query<{ plan: string }>(
    `select plan from rollouts where action = $1 and version = $2 and undo is null and plan is not null
       and content_sha256 is not null and (outcome is null or outcome not in ('rejected', 'rolledBack'))
     order by outcome = 'promoted' desc nulls last, started_at desc, rollout_id limit 1`,
    [action, version],
  );
  return row === undefined ? null : (JSON.parse(row.plan) as Plan);
}

function newestOf(db: Queryable, action: string, version: string | null): Promise<RegistryEntry | null> {
  return newestWhere(db, 'action = $1 and undo is null and ($2::text is null or version = $2)', [action, version]);
}

function registryEntry(db: Queryable, action: string, rolloutId: string): Promise<RegistryEntry | null> {
  return newestWhere(db, 'action = $1 and rollout_id = $2', [action, rolloutId]);
}

function entryOf({ startedAt, endedAt, ...row }: Row): RegistryEntry {
  return { ...row, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

/** Null: it was started before there was a registry, or is not there. */
export async function registeredPlan(db: Queryable, rolloutId: string): Promise<Plan | null> {
  const [row] = await db.query<{ plan: string | null }>('select plan from rollouts where rollout_id = $1', [rolloutId]);
  return row?.plan == null ? null : (JSON.parse(row.plan) as Plan);
}

/** Plans hold cards: no more of them is read than what is asked for. Not read by the database, which takes no NUL. */
async function descriptionsOf(
  db: Queryable,
  rolloutIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.query<{ id: string; plan: string }>(
    'select rollout_id as id, plan from rollouts where rollout_id = any($1::text[]) and plan is not null',
    [rolloutIds],
  );
  return new Map(rows.map(({ id, plan }) => [id, (JSON.parse(plan) as Plan).description ?? null]));
}

const PEOPLES_ACTS: readonly string[] = [...ACTS, 'refused'];

/** What people did to the rollout, oldest first; out of the audit log. */
async function actsOf(db: Queryable, rolloutId: string): Promise<RegisteredAct[]> {
  const rows = await db.query<Omit<RegisteredAct, 'at' | 'verifiedBy'> & { at: Date; known: object | null }>(
    `select at, actor, act, reason, details as known from audit where rollout_id = $1 and act = any($2::text[]) order by seq limit 200`,
    [rolloutId, PEOPLES_ACTS],
  );
  return rows.map(({ at, known, ...act }) => ({
    ...act,
    at: at.toISOString(),
    ...(known !== null && 'verifiedBy' in known && { verifiedBy: known.verifiedBy as string | null }),
  }));
}

/** What a worker answers whoever has no database, and what those read who have. */
export async function askRegistry(db: Queryable, question: RegistryQuestion): Promise<RegistryAnswer> {
  if (question.kind === 'audit') return auditAnswer(db, question);
  const { action } = question;
  const proven = provenVersions(await servedEntries(db, action));
  const proofOf = (of: string): VersionProof | null => proven.find((one) => one.version === of)?.proof ?? null;
  if (question.kind === 'history') {
    const asked = await registryEntries(db, action, question.limit);
    const described = await descriptionsOf(
      db,
      asked.map(({ rolloutId }) => rolloutId),
    );
    return {
      kind: 'history',
      rows: asked.map((entry) => ({
        ...rowOf(entry, proofOf(entry.version)),
        description: described.get(entry.rolloutId) ?? null,
      })),
    };
  }
  const found = await newestOf(db, action, question.version);
  if (found === null) return { kind: 'unknown', versions: versionsIn(await registryEntries(db, action, MAX_HISTORY)) };
  return { kind: 'version', found: await wholeOf(db, found, proofOf(found.version)) };
}

/** The newest rollout of the action, or the one named; null: there is none. */
export async function registeredRollout(
  db: Queryable,
  action: string,
  rolloutId?: string,
): Promise<RegisteredVersion | null> {
  const [newest = null] = await registryEntries(db, action, 1);
  const found = rolloutId === undefined ? newest : await registryEntry(db, action, rolloutId);
  if (found === null) return null;
  const { proof = null } =
    provenVersions(await servedEntries(db, action)).find(({ version }) => version === found.version) ?? {};
  return wholeOf(db, found, proof);
}

async function wholeOf(db: Queryable, found: RegistryEntry, proof: VersionProof | null): Promise<RegisteredVersion> {
  const [plan, acts] = [await registeredPlan(db, found.rolloutId), await actsOf(db, found.rolloutId)];
  return { ...found, plan, acts, proof };
}

/** What a message of Temporal holds, with room to spare. */
const MAX_AUDIT_CHARACTERS = 700_000;

async function auditAnswer(
  db: Queryable,
  { of, actor, since, until, before, limit }: AuditQuestion,
): Promise<AuditAnswer> {
  const instant = (iso: string | null): Date | undefined => (iso === null ? undefined : new Date(iso));
  const filter = {
    of: of ?? undefined,
    actor: actor ?? undefined,
    since: instant(since),
    until: instant(until),
    before: before ?? undefined,
  };
  const lines = await findAuditLines(db, filter, limit);
  let characters = lines.reduce((sum, { line }) => sum + line.length, 0);
  while (characters > MAX_AUDIT_CHARACTERS) characters -= lines.shift()?.line.length ?? 0;
  return { kind: 'audit', lines, size: await auditSize(db) };
}

/** That were rolled out, not merely gone back from. */
function versionsIn(entries: readonly RegistryEntry[]): readonly string[] {
  return [...new Set(entries.filter(({ undo }) => undo === null).map(({ version }) => version))];
}

/** What stands behind an end by which a version serves. */
function rowOf(
  { report, safety: _safety, deployment, ...entry }: RegistryEntry,
  proof: VersionProof | null,
): Omit<HistoryRow, 'description'> {
  return {
    ...entry,
    baselineVersion: deployment?.baseline?.version ?? null,
    verdict: report?.verdict ?? null,
    cards: report?.n ?? null,
    proof: entry.undo?.proof ?? (entry.outcome === 'promoted' ? proof : null),
  };
}
