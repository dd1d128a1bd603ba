/** What was found, kept for a while: looking asks the organisation some twenty times. */
import type { Finding } from '../doctor/finding.ts';

export interface Examined {
  readonly findings: readonly Finding[];
  /** When the look began. */
  readonly at: string;
}

const KEPT_MS = 60_000;

/** Any number of people who look at once are one look. */
export function createExamination(
  examine: () => Promise<readonly Finding[]>,
  { now, clock }: { readonly now: () => number; readonly clock: () => number },
): () => Promise<Examined> {
  let last: { readonly begunAt: number; readonly examined: Promise<Examined> } | undefined;
  return () => {
    if (last !== undefined && clock() - last.begunAt < KEPT_MS) return last.examined;
    const at = new Date(now()).toISOString();
    const examined = examine().then((findings) => ({ findings, at }));
    last = { begunAt: clock(), examined };
    examined.catch(() => {
      last = undefined;
    });
    return examined;
  };
}
