/** What a write was refused for, where a person or a policy can decide on it. */
import type { Drift } from '../domain/rollout/drift.ts';
import { databaseBehindIn } from './past-differs.ts';
import type { DeployedRun } from './run.ts';
import type { SetBack } from './supervise.ts';
import { hearSetBack } from './supervise.ts';

export interface Refused {
  readonly refused: Drift | SetBack;
}

/** The answer, or what the write was refused for: a drift, or a database that was set back. */
export async function refusalOr<T>(run: DeployedRun, call: () => Promise<T>): Promise<T | Refused> {
  try {
    return await call();
  } catch (error) {
    const behind = databaseBehindIn(error);
    if (behind !== null) return { refused: hearSetBack(run, behind) };
    const drift = driftIn(error);
    if (drift === null) throw error;
    return { refused: drift };
  }
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

function driftIn(error: unknown): Drift | null {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : null;
  if (typeof cause !== 'object' || cause === null || !('type' in cause) || !('details' in cause)) return null;
  if (cause.type !== 'ContentChanged' && cause.type !== 'RivalServes') return null;
  return Array.isArray(cause.details) ? ((cause.details[0] as Drift | undefined) ?? null) : null;
}
