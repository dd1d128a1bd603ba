/** `audit …`: the log of every act, and what proves that it is whole. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { auditList } from './audit/list.ts';
import { auditCheckpoint } from './audit/checkpoint.ts';
import { auditVerify } from './audit/verify.ts';
import { auditExport } from './audit/export.ts';
import { auditKey } from './audit/key.ts';
import { auditWrite } from './audit/write.ts';
import { auditShip } from './audit/ship.ts';

export function audit(run: Run): Command {
  const help = {
    description: 'the tamper-evident log of every act',
    examples: ['audit list --rollout RefundAssist --since 7d', 'audit verify'],
  };
  return createVerb('audit', help)
    .addCommand(auditList(run))
    .addCommand(auditCheckpoint(run))
    .addCommand(auditVerify(run))
    .addCommand(auditExport(run))
    .addCommand(auditKey(run))
    .addCommand(auditWrite(run))
    .addCommand(auditShip(run));
}
