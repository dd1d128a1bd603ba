/** `audit …` and `retention`: their options, and what each calls. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { parsePositiveDuration } from '../domain/plan/duration.ts';
import { FORMATS } from '../siem/destination.ts';
import type { CheckpointArgs, ExportArgs, KeyArgs, VerifyArgs, WriteArgs } from './commands/audit.ts';
import type { ListArgs } from './commands/audit-list.ts';
import type { ShipArgs } from './commands/audit-ship.ts';
import type { RetentionArgs } from './commands/retention.ts';
import { nonEmpty, wholeNumber } from './options.ts';
import type { Run } from './program.ts';

export function addAudit(program: Command, run: Run): void {
  const audit = program.command('audit').description('the tamper-evident log of every act');
  const load = () => import('./commands/audit.ts');
  audit
    .command('list')
    .description('entries, newest last')
    .option(
      '--rollout <id or action>',
      'of one rollout by its id, or of all rollouts of an action by its name',
      nonEmpty,
    )
    .option('--by <name>', 'of who acted', nonEmpty)
    .option('--since <when>', 'an instant, or how long ago: 2026-03-01T09:00:00Z, 7d', nonEmpty)
    .option('--until <when>', 'the same; up to then', nonEmpty)
    .option('--limit <number>', 'at most so many, the newest', wholeNumber(1, 100_000), 50)
    .option('--json', 'one JSON object')
    .action((options: ListArgs) =>
      run(async (deps) => (await import('./commands/audit-list.ts')).auditList(deps, options)),
    );
  audit
    .command('checkpoint')
    .description('sign what the log is now')
    .option('--to <file>', 'append the checkpoint, and the hashes of the entries to <file>.leaves', nonEmpty)
    .option('--new', 'begin the file anew: what was kept before is gone, or may be forgotten')
    .option('--every <duration>', 'go on signing, until Ctrl-C', duration)
    .option('--json', 'one JSON object a checkpoint')
    .action((options: CheckpointArgs) => run(async (deps) => (await load()).auditCheckpoint(deps, options)));
  audit
    .command('verify')
    .description('find what was edited, removed, inserted, reordered or cut off')
    .option('--file <export>', 'an export instead of the database; contacts nobody', nonEmpty)
    .option(
      '--checkpoint <file>',
      'checkpoints that were kept elsewhere, with their .leaves (default, of the database: AUDIT_CHECKPOINT_FILE)',
      nonEmpty,
    )
    .option('--key <public key>', 'whose signature counts (default: that of our own key)', nonEmpty)
    .option('--json', 'one JSON object')
    .action((options: VerifyArgs) => run(async (deps) => (await load()).auditVerify(deps, options)));
  audit
    .command('export')
    .description('the log with its proofs, as JSON lines')
    .requiredOption('--to <file>', 'file to write', nonEmpty)
    .option('--rollout <id>', 'only the entries of one rollout, each proven by itself', nonEmpty)
    .option('--no-proofs', 'leave the proofs of single entries out')
    .option('--json', 'one JSON object')
    .action((options: ExportArgs) => run(async (deps) => (await load()).auditExport(deps, options)));
  audit
    .command('key')
    .description('print the public key')
    .option('--new <name>', 'make a new pair; name it like a host: audit.example.com', nonEmpty)
    .option('--to <file>', 'where a new private key is written', nonEmpty)
    .option('--json', 'one JSON object')
    .action((options: KeyArgs) => run(async (deps) => (await load()).auditKey(deps, options)));
  audit
    .command('write')
    .description('an engagement entry: who was shown what, how it went, and what preflight said of it')
    .requiredOption('--action-id <id>', 'the action', nonEmpty)
    .requiredOption('--agent <id>', 'the agent', nonEmpty)
    .requiredOption('--metrics <json>', 'an object', jsonObject)
    .option('--content-sha256 <hash>', 'of the content that was shown', contentHash)
    .option('--json', 'one JSON object')
    .action((options: WriteArgs) => run(async (deps) => (await load()).auditWrite(deps, options)));
  audit
    .command('ship')
    .description('send the log to a SIEM, from where it stopped')
    .requiredOption(
      '--to <destination>',
      'file:<path>, https://…, tls://host:port or, on this machine, tcp://host:port',
      nonEmpty,
    )
    .addOption(new Option('--format <format>', 'of the records').choices(FORMATS).default('ocsf'))
    .option('--every <duration>', 'go on shipping, until Ctrl-C', duration)
    .option('--json', 'one JSON object a round')
    .action((options: ShipArgs) =>
      run(async (deps) => (await import('./commands/audit-ship.ts')).auditShip(deps, options)),
    );
  program
    .command('retention')
    .description('delete old events, exposures and ended rollouts; the audit log stays, and tells of it')
    .requiredOption('--older-than <duration>', 'e.g. 90d', duration)
    .option('--dry-run', 'only count')
    .option('--reason <text>', 'why; stands in the audit log', nonEmpty)
    .option('--by <name>', 'who (default: you)', nonEmpty)
    .option('--json', 'one JSON object')
    .action((options: RetentionArgs) =>
      run(async (deps) => (await import('./commands/retention.ts')).retention(deps, options)),
    );
}

/** In ms. */
function duration(text: string): number {
  const ms = parsePositiveDuration(text);
  if (typeof ms === 'number') return ms;
  throw new InvalidArgumentError(ms.message);
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new InvalidArgumentError('Expected a JSON object.');
}

function contentHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 64 hexadecimal digits.');
}
