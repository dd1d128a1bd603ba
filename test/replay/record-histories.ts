/**
 * Plays every scene and keeps the history of each. `RECORD_HISTORIES=<release> npx jest test/replay` writes a new set.
 */
import { WorkflowFailedError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OTHERS } from './other-scenes.ts';
import { ROLLOUTS } from './rollout-scenes.ts';
import { newScript, openStage } from './stage.ts';

export async function recordHistories(folder: string, release: string): Promise<void> {
  let script = newScript();
  const stage = await openStage(() => script);
  try {
    for (const [name, scene] of Object.entries({ ...ROLLOUTS, ...OTHERS })) {
      script = newScript();
      const handle = await scene({ harness: stage.harness, org: script.org, script });
      await handle.result().catch(unlessItFailed);
      await writeFile(
        join(folder, `${release}-${name}.json`),
        withoutIdentity(historyToJSON(await handle.fetchHistory())),
      );
    }
  } finally {
    await stage.close();
  }
}

/** A failure is an end, too. */
function unlessItFailed(error: unknown): void {
  if (!(error instanceof WorkflowFailedError)) throw error;
}

/** Process and host names say nothing about the workflow. */
function withoutIdentity(json: string): string {
  return `${JSON.stringify(JSON.parse(json), (key, value: unknown) => (key === 'identity' ? 'worker' : value))}\n`;
}
