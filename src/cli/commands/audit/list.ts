/** `audit list`: who did what, when and why, of a rollout, an action, a person or a time. */
import { secondText } from '../../../domain/text/instant.ts';
import type { Command } from 'commander';
import { oneLine } from '../../../domain/text/printable.ts';
import { readConfig } from '../../../config.ts';
import { MAX_HISTORY } from '../../../domain/registry/question.ts';
import { auditSize, findAuditLines } from '../../../store/audit-log.ts';
import type { AuditFilter, AuditLine } from '../../../store/audit-log.ts';
import { withStore } from '../../../compose/store.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { instantOf } from '../../instant.ts';
import { JSON_OBJECT, nonEmpty, wholeNumber } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { clipLine } from '../../view/clip.ts';
import { table } from '../../view/table.ts';
import type { Column } from '../../view/table.ts';
import { shownText } from '../../view/units.ts';

export function auditList(run: Run): Command {
  const help = {
    description: 'entries, newest last',
    examples: ['audit list --rollout RefundAssist --since 7d', 'audit list --by ana --limit 10'],
  };
  return createVerb('list', help)
    .option(
      '--rollout <id or action>',
      'of one rollout by its id, or of all rollouts of an action by its name',
      nonEmpty,
    )
    .option('--by <name>', 'of who acted', nonEmpty)
    .option('--since <when>', 'an instant, or how long ago: 2026-03-01T09:00:00Z, 7d', nonEmpty)
    .option('--until <when>', 'the same; up to then', nonEmpty)
    .option('--limit <number>', 'at most so many, the newest', wholeNumber(1, 100_000), 50)
    .option(...JSON_OBJECT)
    .action((options: ListArgs) => run((deps) => listEntries(deps, options)));
}

interface ListArgs extends JsonOption {
  /** Id of a rollout, or name of an action. */
  readonly rollout?: string;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

async function listEntries(deps: Deps, { rollout, by, since, until, limit, json }: ListArgs): Promise<number> {
  const instant = (text: string | undefined, option: string): Date | undefined =>
    text === undefined ? undefined : new Date(instantOf(text, option, deps.now()));
  const filter = {
    of: rollout?.replace(/^rollout\//, ''),
    actor: by,
    since: instant(since, '--since'),
    until: instant(until, '--until'),
  };
  const { lines, size } = await linesOf(deps, filter, limit);
  const entries = lines.map(({ leaf, line }): Record<string, unknown> => ({ leaf, ...(JSON.parse(line) as object) }));
  if (json) printJson(deps.out, { kind: 'audit', entries });
  else
    printLines(deps.out, entries.length === 0 ? [nothingText(size)] : listLines(entries, deps.out.columns?.() ?? null));
  return EXIT.ok;
}

interface Found {
  readonly lines: readonly AuditLine[];
  readonly size: number;
}

/**
 * From the store where that is at hand, of a running `dev` too. Where but a Temporal server or an api process is named, a
 * worker answers: never the store of something else that once ran on this machine.
 */
async function linesOf(deps: Deps, filter: AuditFilter, limit: number): Promise<Found> {
  if (deps.env['ASSIST_API_URL']) return askWorker(deps, filter, limit);
  const { databaseUrl } = readConfig(deps.env);
  if (databaseUrl === null && deps.env['TEMPORAL_ADDRESS']) return askWorker(deps, filter, limit);
  return withStore(deps, async (db) => ({
    lines: await findAuditLines(db, filter, limit),
    size: await auditSize(db),
  }));
}

async function askWorker(deps: Deps, { of, actor, since, until }: AuditFilter, limit: number): Promise<Found> {
  const found = await (
    await deps.configurator()
  ).auditLines({
    of: of ?? null,
    actor: actor ?? null,
    since: since?.toISOString() ?? null,
    until: until?.toISOString() ?? null,
    limit: Math.min(limit, MAX_HISTORY),
  });
  if (limit > MAX_HISTORY && found.lines.length === MAX_HISTORY)
    deps.out.stderr(`A worker tells of ${MAX_HISTORY} entries at most; set DATABASE_URL for more.\n`);
  return found;
}

function nothingText(size: number): string {
  return size === 0
    ? 'The audit log is empty.'
    : `None of the ${size} entries fits. --rollout takes the id of a rollout or the name of an action, --by the ` +
        'name that acted, --since and --until an instant or how long ago.';
}

const MAX_REASON_WIDTH = 160;
/** A narrower terminal is shown what is asked for first. */
const WHOLE_WIDTH = 130;

function listLines(entries: readonly Record<string, unknown>[], terminal: number | null): string[] {
  const cell = (value: unknown): string => (typeof value === 'string' ? shownText(oneLine(value)) : '–');
  const shown = COLUMNS.filter(({ rest }) => rest !== true || terminal === null || terminal >= WHOLE_WIDTH);
  return table(
    shown,
    entries.map((entry) => shown.map(({ of }) => of(entry, cell))),
  );
}

interface AuditColumn extends Column {
  readonly of: (entry: Record<string, unknown>, cell: (value: unknown) => string) => string;
  readonly rest?: true;
}

const COLUMNS: readonly AuditColumn[] = [
  { title: 'entry', right: true, of: ({ leaf }) => String(leaf) },
  { title: 'at', of: ({ at }, cell) => secondText(cell(at)) },
  { title: 'who', of: ({ actor, details }, cell) => `${cell(actor)}${howKnown(details)}` },
  { title: 'act', of: (entry, cell) => cell(actOf(entry)) },
  { title: 'action', of: ({ action }, cell) => cell(action) },
  { title: 'version', rest: true, of: ({ version }, cell) => cell(version) },
  { title: 'preflight', rest: true, of: ({ complianceStatus }, cell) => cell(complianceStatus) },
  { title: 'why', of: ({ reason }, cell) => clipLine(cell(reason), MAX_REASON_WIDTH) },
];

/** Of a person's act: by what it is known who they are. */
function howKnown(details: unknown): string {
  if (typeof details !== 'object' || details === null || !('verifiedBy' in details)) return '';
  return typeof details.verifiedBy === 'string' ? ` (${details.verifiedBy})` : ' (claimed)';
}

/** An end says how it ended. */
function actOf({ act, after }: Record<string, unknown>): unknown {
  const phase = typeof after === 'object' && after !== null && 'phase' in after ? after.phase : null;
  return act === 'ended' && typeof phase === 'string' ? `ended: ${phase}` : act;
}
