/** Whoever waits for a run to come to its end hears what it waits for: whenever that changes, and each failure once. */
import { pausedText } from '../configurator/progress.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import type { Output } from './deps.ts';
import { shownText } from './view/units.ts';

/** To be called with every view, in turn. */
export function createWaitWords(out: Pick<Output, 'stderr'>): (view: RolloutView) => void {
  const say = sayOnce(out);
  return (view) => waitLines(view).forEach(say);
}

/** Each line, the first time that it comes. */
export function sayOnce(out: Pick<Output, 'stderr'>): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) out.stderr(`${line}\n`);
    said.add(line);
  };
}

/** Most answers are there by then, and most starts stand; who waits longer hears what for. */
export const SILENCE_MS = 3_000;

/** Whoever waits for an answer for longer hears what it waits for. */
export async function sayWhenLong<T>(out: Pick<Output, 'stderr'>, line: string, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => out.stderr(`${line}\n`), SILENCE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

function waitLines({ running, status, troubles }: RolloutView): string[] {
  if (!running || status.outcome !== null) return [];
  return [
    `waiting for ${shownText(status.waitingFor)}`,
    ...troubles.map(({ activity, failure, isPaused }) =>
      isPaused ? pausedText(activity) : `${activity} failed, and is tried again: ${shownText(failure)}`,
    ),
  ];
}
