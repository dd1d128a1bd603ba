/** The only workflow that may roll out an action: its name is what keeps two of them from running at once. */
export function rolloutWorkflowId(actionName: string): string {
  return `rollout/${actionName}`;
}
