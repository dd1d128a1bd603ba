/** Histories as files, to be replayed: Temporal itself is gone when the campaign has ended. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** The folder; they are numbered from 0. */
export async function keepHistories(histories: readonly History[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-histories-'));
  for (const [at, history] of histories.entries()) await writeFile(join(folder, `${at}.json`), historyToJSON(history));
  return folder;
}
