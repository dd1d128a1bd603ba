/** Rounds of a verb that has `--every`. */
import { untilAborted } from '../compose/waiting.ts';
import type { Deps } from './deps.ts';

/**
 * Once, or every so often until Ctrl-C. A failed round is told and does not end the rounds; alone it is the verb's
 * failure.
 */
export async function repeat(
  { out, signal }: Pick<Deps, 'out' | 'signal'>,
  everyMs: number | undefined,
  round: () => Promise<void>,
): Promise<void> {
  if (everyMs === undefined) return round();
  while (!signal.aborted) {
    try {
      await round();
    } catch (error) {
      out.stderr(`error ${error instanceof Error ? error.message : String(error)}\n`);
    }
    await pause(everyMs, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([over, untilAborted(signal)]);
  clearTimeout(timer);
}
