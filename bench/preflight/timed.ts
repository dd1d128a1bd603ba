/** Milliseconds that the work takes of this process, whatever else the machine does. */
export function cpuMs(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** The least of several goes: what the work costs without the compiler and the collector that run beside it. */
export function minCpuMs(work: () => void, goes: number): number {
  return Math.min(...Array.from({ length: goes }, () => cpuMs(work)));
}
