/** What a process uses, as Linux counts it; null elsewhere. */
import { readFileSync } from 'node:fs';

export interface Usage {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** USER_HZ: the same on every Linux that Node runs on. */
const TICK_MS = 10;

export function usageOf(pid: number): Usage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0] = [fields[11], fields[12]].map(Number);
    const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    return { atMs: Date.now(), cpuMs: (user + system) * TICK_MS, rssMb: Math.round(rssKb / 1024) };
  } catch {
    return null;
  }
}

/** Of those that are alive, together. */
export function usageOfAll(pids: readonly number[]): Usage | null {
  const all = pids.map(usageOf).filter((usage) => usage !== null);
  return all.length === 0
    ? null
    : {
        atMs: Date.now(),
        cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        rssMb: all.reduce((sum, { rssMb }) => sum + rssMb, 0),
      };
}

/** 1: one core, all the time. */
export function cpuShare(from: Usage | null, to: Usage | null): number | null {
  if (from === null || to === null || to.atMs === from.atMs) return null;
  return Math.round((100 * (to.cpuMs - from.cpuMs)) / (to.atMs - from.atMs)) / 100;
}
