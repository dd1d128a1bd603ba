/** One of the workers dies: for how long does nobody look at what it watched? */
import { sleep } from './lanes.ts';
import type { Parts } from './parts.ts';
import type { TemporalLook } from './temporal-look.ts';

export interface Blindness {
  /** From the death until each rollout's watch has beaten again; null: some had not within a minute. */
  readonly blindMaxMs: number | null;
  readonly stillBlind: number;
}

const LOOK_MS = 500;
const PATIENCE_MS = 60_000;

export async function killWorker(parts: Parts, temporal: TemporalLook, ids: readonly string[]): Promise<Blindness> {
  parts.workers[0]?.signal('SIGKILL');
  const killedAtMs = Date.now();
  let blind = ids;
  let maxMs = 0;
  while (blind.length > 0 && Date.now() - killedAtMs < PATIENCE_MS) {
    const looks = await temporal.lookAt(blind);
    for (const { beatAtMs } of looks)
      if (beatAtMs !== null && beatAtMs > killedAtMs) maxMs = Math.max(maxMs, beatAtMs - killedAtMs);
    blind = looks.filter(({ beatAtMs }) => beatAtMs === null || beatAtMs <= killedAtMs).map((look) => look.workflowId);
    if (blind.length > 0) await sleep(LOOK_MS);
  }
  return { blindMaxMs: blind.length > 0 ? null : Math.round(maxMs), stillBlind: blind.length };
}
