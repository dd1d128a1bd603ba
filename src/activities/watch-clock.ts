/** For how long the watches of this process have not looked. */
import type { Reading } from '../telemetry/measure.ts';

const lastLooks = new Map<object, number>();

export interface WatchClock {
  looked(): void;
  end(): void;
}

export function beginWatch(): WatchClock {
  const watch = {};
  const looked = (): void => void lastLooks.set(watch, performance.now());
  looked();
  return { looked, end: () => void lastLooks.delete(watch) };
}

export function readWatches(): readonly Reading[] {
  const silentMs = performance.now() - Math.min(performance.now(), ...lastLooks.values());
  return [
    { gauge: 'assist_rollouts_watches', value: lastLooks.size },
    { gauge: 'assist_rollouts_watch_silence_seconds', value: silentMs / 1000 },
  ];
}
