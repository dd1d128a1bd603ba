/** Waves of a name run once at a time. */
export function wavesWorkflowId(name: string): string {
  return `waves/${name}`;
}
