/** Who takes the machine's processors: each part of the benchmark, and everybody else. As Linux counts; null elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Parts } from './parts.ts';
import { statOf, TICK_MS } from './usage.ts';
import type { ProcessStat } from './usage.ts';

export interface MachineTimes {
  readonly atMs: number;
  /** Processor time so far, by part. */
  readonly cpuMs: Readonly<Record<string, number>>;
}

export function machineTimes(parts: Pick<Parts, 'pids' | 'workers'>): MachineTimes | null {
  try {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(processOf);
    const ours: Record<string, number> = {};
    for (const one of descendants(all, process.pid)) {
      const part = partOf(one, parts);
      ours[part] = (ours[part] ?? 0) + one.cpuMs;
    }
    const sum = Object.values(ours).reduce((all, ms) => all + ms, 0);
    return { atMs: Date.now(), cpuMs: { ...ours, others: busyMs() - sum } };
  } catch {
    return null;
  }
}

/** Of each part, in cores. */
export function coresBetween(from: MachineTimes | null, to: MachineTimes | null): Record<string, number> | null {
  if (from === null || to === null) return null;
  const ms = Math.max(1, to.atMs - from.atMs);
  return Object.fromEntries(
    Object.entries(to.cpuMs).map(([part, cpuMs]) => [
      part,
      Math.round((100 * (cpuMs - (from.cpuMs[part] ?? 0))) / ms) / 100,
    ]),
  );
}

function partOf({ pid, name }: ProcessStat, { pids, workers }: Pick<Parts, 'pids' | 'workers'>): string {
  if (pid === process.pid) return 'benchmark';
  if (workers.some((worker) => worker.pid === pid)) return 'workers';
  if (pid === pids.temporal) return 'temporal';
  if (pid === pids.organisation) return 'organisation';
  return name === 'postgres' ? 'postgres' : 'rest';
}

function descendants(all: readonly ProcessStat[], pid: number): ProcessStat[] {
  return all.flatMap((one) => {
    if (one.pid === pid) return [one];
    return one.parent === pid ? descendants(all, one.pid) : [];
  });
}

/** None of one that ended meanwhile. */
function processOf(pid: string): ProcessStat[] {
  try {
    return [statOf(Number(pid))];
  } catch {
    return [];
  }
}

/** All processors together, without those that wait. */
function busyMs(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softIrq) * TICK_MS;
}
