/**
 * Entries that bear another key than they should: somebody wrote theirs under it in advance, to have the true one
 * dropped as a repeat.
 */
import { z } from 'zod';
import { parseLine } from '../store/audit-line.ts';
import { named } from './findings.ts';
import type { Finding } from './findings.ts';

const taken = z.object({
  key: z.string(),
  details: z.object({ keyTaken: z.object({ key: z.string(), leaf: z.number() }) }),
});

export function keyTaken(leaf: number, line: string): Finding[] {
  if (!line.includes('"keyTaken"')) return [];
  const { data } = taken.safeParse(parseLine(line));
  if (data === undefined) return [];
  const { key, leaf: by } = data.details.keyTaken;
  return [
    {
      kind: 'keyTaken',
      leaf,
      key: data.key,
      message:
        `${named(leaf, data.key)} should bear the key ${JSON.stringify(key)}, which entry ${by} had taken with ` +
        `another text: entry ${by} was not written by the rollout that it names.`,
    },
  ];
}
