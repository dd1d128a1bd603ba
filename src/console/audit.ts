/** A page of the audit log: the newest entries that are asked for, and that whoever looks may see. */
import { z } from 'zod';
import { MAX_HISTORY } from '../domain/registry/question.ts';
import type { Parts } from './parts.ts';
import type { Viewer } from './viewer.ts';

export interface AuditRow {
  readonly leaf: number;
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly action: string | null;
  readonly version: string | null;
}

export interface AuditAsked {
  readonly of: string;
  readonly actor: string;
  /** Entries before that one; null: the newest. */
  readonly before: number | null;
}

export interface AuditFound {
  /** Newest first. */
  readonly rows: readonly AuditRow[];
  /** Where the next page begins; null: there is nothing older. */
  readonly older: number | null;
  /** Of the whole log. */
  readonly size: number;
}

export const AUDIT_ROWS = 50;
/** Of entries that are not for whoever looks, so many askings are passed over; then it is for them to ask on. */
const MAX_ASKINGS = 10;

export async function readAudit(
  { auditLines }: Parts['records'],
  viewer: Viewer,
  { of, actor, before: from }: AuditAsked,
): Promise<AuditFound> {
  const filter = { of: of || null, actor: actor || null, since: null, until: null };
  const rows: AuditRow[] = [];
  let before = from;
  let size = 0;
  for (let asking = 0; asking < MAX_ASKINGS; asking += 1) {
    const answer = await auditLines({ ...filter, before, limit: asking === 0 ? AUDIT_ROWS + 1 : MAX_HISTORY });
    ({ size } = answer);
    // Whoever does not know `before` would tell the same for ever.
    const lines = answer.lines.filter(({ leaf }) => before === null || leaf < before).toReversed();
    for (const { leaf, line } of lines) {
      const row = seenRow(viewer, leaf, line);
      if (row !== null && rows.length === AUDIT_ROWS) return { rows, older: before, size };
      if (row !== null) rows.push(row);
      before = leaf;
    }
    if (lines.length === 0 || before === 0) return { rows, older: null, size };
  }
  return { rows, older: before, size };
}

const lineSchema = z.object({
  at: z.string(),
  actor: z.string(),
  act: z.string(),
  reason: z.string().catch(''),
  action: z.string().nullable().catch(null),
  version: z.string().nullable().catch(null),
});

/** Of no action there is nobody who may see it but of those who may see it all. */
function seenRow(viewer: Viewer, leaf: number, line: string): AuditRow | null {
  const read = lineSchema.safeParse(JSON.parse(line));
  if (!read.success || viewer.refusalOf('view', read.data.action ?? '') !== null) return null;
  return { leaf, ...read.data };
}
