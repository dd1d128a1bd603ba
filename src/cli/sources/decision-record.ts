/** A decision record in a file, as `explain --out` writes it. */
import { readFile } from 'node:fs/promises';
import type { RolloutRecord } from '../../configurator/decision-record.ts';
import { AssistError } from '../../configurator/errors.ts';

export async function readRecord(file: string): Promise<RolloutRecord> {
  try {
    const record = JSON.parse(await readFile(file, 'utf8')) as Partial<RolloutRecord>;
    const { kind, looks, guardrails, report } = record;
    if (kind === 'decisionRecord' && Array.isArray(looks) && Array.isArray(guardrails) && report !== undefined)
      return record as RolloutRecord;
  } catch (cause) {
    throw new AssistError(
      'usage',
      `${file} cannot be read as a decision record: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Write one with `assist-rollouts explain <action> --out <file>`.',
      { cause },
    );
  }
  throw new AssistError(
    'usage',
    `${file} is no decision record.`,
    'Write one with `assist-rollouts explain <action> --out <file>`.',
  );
}
