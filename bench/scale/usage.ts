/** What a process uses, as Linux counts it; null elsewhere. */
import { readFileSync } from 'node:fs';

export interface Usage {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** USER_HZ: the same on every Linux that Node runs on. */
export const TICK_MS = 10;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuMs: number;
}

/** Throws where there is no such process. */
export function statOf(pid: number): ProcessStat {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]].map(Number);
  return { pid, parent, name: stat.slice(stat.indexOf('(') + 1, end), cpuMs: (user + system) * TICK_MS };
}

export function usageOf(pid: number): Usage | null {
  try {
    const { cpuMs } = statOf(pid);
    const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    return { atMs: Date.now(), cpuMs, rssMb: Math.round(rssKb / 1024) };
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
