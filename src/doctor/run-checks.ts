/** Runs looks beside each other, each within its time: one that fails or hangs keeps no other from being taken. */
import type { Area, Finding, Seen } from './finding.ts';

export interface Check {
  readonly area: Area;
  /** Named so where it could not be taken. */
  readonly name: string;
  readonly expected: string;
  /** Changes nothing. */
  readonly look: (signal: AbortSignal) => Promise<Seen | readonly Seen[]>;
  /** Absent: `LIMIT_MS`. */
  readonly limitMs?: number;
}

const LIMIT_MS = 10_000;

/** In the order of the checks, whichever of them is done first. */
export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  return (await Promise.all(checks.map(take))).flat();
}

async function take({ area, name, expected, look, limitMs = LIMIT_MS }: Check): Promise<Finding[]> {
  const signal = AbortSignal.timeout(limitMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${limitMs / 1000} s`)), { once: true });
  });
  try {
    return [await Promise.race([look(signal), late])].flat().map((seen) => ({ area, ...seen }));
  } catch (error) {
    return [{ area, check: name, level: 'notChecked', seen: whyNot(error), expected }];
  }
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Opened at the first look that needs it, for all of them. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
