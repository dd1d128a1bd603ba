/** Batches one after the other on the same parts. */
import { Client, Connection } from '@temporalio/client';
import { runBatch } from './batch.ts';
import type { BatchOutcome } from './batch.ts';
import { drawSchedule } from './draw.ts';
import type { PlannedOrder, Schedule } from './draw.ts';
import { notComeTo } from './orders.ts';
import { startParts } from './parts.ts';
import { reportOf } from './report.ts';
import type { CampaignReport } from './report.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly schedules: number;
  readonly beside: number;
  /** Null: all. */
  readonly only: number | null;
  /** The activities at whose boundaries somebody dies. */
  readonly at: readonly string[];
  readonly say: (line: string) => void;
  /** No further batch is begun. */
  readonly signal: AbortSignal;
}

const BOUND_MS = 420_000;
/** Deaths and sleeps that came to nobody are tried again, the oldest first, so many at once. */
const AGAIN_AT_ONCE = 32;

export async function runCampaign({
  seed,
  schedules,
  beside,
  only,
  at,
  say,
  signal,
}: CampaignOptions): Promise<CampaignReport> {
  const numbers = only === null ? Array.from({ length: schedules }, (_, nth) => nth + 1) : [only];
  const parts = await startParts(seed, () => undefined);
  const { address, namespace } = parts.temporal;
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const outcomes: BatchOutcome[] = [];
  let played = 0;
  let left: readonly PlannedOrder[] = [];
  try {
    for (let from = 0; from < numbers.length && !signal.aborted; from += beside) {
      const batch = numbers.slice(from, from + beside).map((nth) => drawSchedule(seed, nth, at));
      const prefix = `S${seed}n`;
      const more = left.slice(0, AGAIN_AT_ONCE);
      const later = left.slice(AGAIN_AT_ONCE);
      const options = { parts, client, prefix, schedules: batch, more, say, boundMs: BOUND_MS };
      const outcome = await runBatch(options).catch((error: unknown) => uncounted(batch, error));
      outcomes.push(outcome);
      left = notComeTo(
        [...later, ...outcome.left],
        outcomes.flatMap(({ reached }) => reached),
      );
      played += batch.length;
      tell(seed, batch, outcome, say);
      if (outcome.isBroken) break;
    }
  } finally {
    await parts.close();
  }
  return reportOf(seed, played, outcomes);
}

/** What was seen before it is reported all the same. */
function uncounted(batch: readonly Schedule[], error: unknown): BatchOutcome {
  const which = `schedules ${batch[0]?.nth} to ${batch.at(-1)?.nth}`;
  return {
    rollouts: batch.flatMap(({ rollouts }) => rollouts).length,
    faults: {},
    reached: [],
    left: [],
    violations: [
      `${which} could not be counted: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ],
    stuck: [],
    duplicates: [],
    ends: [],
    seconds: 0,
    isBroken: true,
  };
}

function tell(seed: number, batch: readonly Schedule[], outcome: BatchOutcome, say: (line: string) => void): void {
  const { rollouts, violations, stuck, duplicates, seconds, reached } = outcome;
  const numbers = batch.map(({ nth }) => nth);
  say(
    `schedules ${numbers[0]} to ${numbers.at(-1)}: ${rollouts} rollouts, ${reached.length} boundaries, ` +
      `${violations.length} violations, ${stuck.length} stuck, ${duplicates.length} duplicates, ` +
      `${seconds.toFixed(0)} s (${(seconds / batch.length).toFixed(1)} s a schedule)`,
  );
  for (const line of [...violations, ...stuck.map((one) => `stuck: ${one}`), ...duplicates]) {
    say(`  ${line}`);
    const nth = /^\D*S\d+n(\d+)/.exec(line)?.[1];
    if (nth !== undefined)
      say(`    again: npm run faults -- --seed ${seed} --only ${nth}; beside it ran ${numbers.join(', ')}`);
  }
}
