/** What a person types to act on a rollout. */

/** `options`: what it names, such as ` --pause 2`. */
export function actCommand(act: string, action: string, options: string): string {
  return `assist-rollouts ${act} ${quoted(action)}${options} --reason "…"`;
}

export function lookCommand(verb: 'status' | 'watch' | 'history', action: string): string {
  return `assist-rollouts ${verb} ${quoted(action)}`;
}

/** Brings the baseline back of whatever nobody watches. */
export function recoverCommand(action: string): string {
  return `assist-rollouts recover ${quoted(action)} --reason "…"`;
}

/** The plan of the last rollout once more. */
export function retryCommand(action: string): string {
  return `assist-rollouts retry ${quoted(action)} --reason "…"`;
}

/** Of one rollout, whatever came after it. */
export function reportCommand(action: string, rolloutId: string): string {
  return `assist-rollouts report ${quoted(action)} --rollout ${rolloutId} --out report.html`;
}

/** Names of actions hold letters, digits, spaces, `_` and `-`; what holds anything else is no word of a command. */
function quoted(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}
