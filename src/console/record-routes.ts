/** What is on record: every rollout of an action, and the audit log. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { actionProblem } from '../domain/plan/identity.ts';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';
import { auditPage } from './views/audit.ts';
import type { AuditRow } from './views/audit.ts';
import { historyPage } from './views/history.ts';

const MAX_ROWS = 100;

const auditQuery = z.object({
  of: z.string().trim().max(200).catch(''),
  actor: z.string().trim().max(200).catch(''),
});

export function addRecords(app: Hono, parts: Parts): void {
  app.get('/rollouts/:action/history', async (c) => {
    const viewer = await parts.viewerOf(c);
    const action = c.req.param('action');
    const unfit = actionProblem(action);
    if (unfit !== null) throw refusal('console-not-found', `There is no such action: ${unfit}`, 'Go to the list.');
    const why = viewer.refusalOf('view', action);
    if (why !== null) throw refusal('console-not-allowed', why, 'An admin grants it in operators.yaml.');
    return c.html(await historyPage(action, await parts.records.history(action, MAX_ROWS), viewer, parts));
  });
  app.get('/audit', async (c) => {
    const viewer = await parts.viewerOf(c);
    const asked = auditQuery.parse({ of: '', actor: '', ...c.req.query() });
    const { lines, size } = await parts.records.auditLines({
      of: asked.of || null,
      actor: asked.actor || null,
      since: null,
      until: null,
      limit: MAX_ROWS,
    });
    const rows = lines.flatMap(({ leaf, line }) => rowOf(leaf, line));
    // Of no action there is nobody who may see it but of those who may see it all.
    const seen = rows.filter(({ action }) => viewer.refusalOf('view', action ?? '') === null);
    return c.html(await auditPage(seen, asked, size, viewer, parts));
  });
}

const lineSchema = z.object({
  at: z.string(),
  actor: z.string(),
  act: z.string(),
  reason: z.string().catch(''),
  action: z.string().nullable().catch(null),
  version: z.string().nullable().catch(null),
});

function rowOf(leaf: number, line: string): AuditRow[] {
  const read = lineSchema.safeParse(JSON.parse(line));
  return read.success ? [{ leaf, ...read.data }] : [];
}
