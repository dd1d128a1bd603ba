/** What is to be read: every rollout of an action on record, the audit log, and the runbook. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { askedOf, readQuery } from './asked.ts';
import { readAudit } from './audit.ts';
import type { Parts } from './parts.ts';
import { auditPage } from './views/audit.ts';
import { historyPage } from './views/history.ts';
import { runbookPage } from './views/runbook.ts';

const MAX_ROWS = 100;

const named = z
  .string()
  .trim()
  .max(200, 'it has more than 200 characters')
  .regex(/^\P{Cc}*$/u, 'it holds what no name does')
  .default('');
const auditQuery = z.object({
  of: named,
  actor: named,
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'it is no number of an entry')
    .transform(Number)
    .nullable()
    .default(null),
});

export function addRecords(app: Hono, parts: Parts): void {
  app.get('/rollouts/:action/history', async (c) => {
    const { viewer, action } = await askedOf(parts, c);
    return c.html(await historyPage(action, await parts.records.history(action, MAX_ROWS), viewer, parts));
  });
  app.get('/runbook', async (c) => {
    const viewer = await parts.viewerOf(c);
    return c.html(await runbookPage(await parts.runbook(), viewer, parts));
  });
  app.get('/audit', async (c) => {
    const viewer = await parts.viewerOf(c);
    const asked = readQuery(c, auditQuery);
    return c.html(await auditPage(await readAudit(parts.records, viewer, asked), asked, viewer, parts));
  });
}
