/** The plan of an action's last rollout, out of the registry, to be started again; or why it should not be. */
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Insisted } from '../domain/registry/harm.ts';
import { HARM_WAY_OUT, harmBefore } from '../domain/registry/harm.ts';
import type { HistoryRow, RegisteredVersion } from '../domain/registry/question.ts';

export interface Again {
  readonly found: RegisteredVersion;
  /** To begin now, whenever it began before. */
  readonly plan: Plan;
}

export async function lastPlan(configurator: Configurator, action: string): Promise<Again> {
  const found = await configurator.version(action);
  if (found.plan === null)
    throw new AssistError(
      'version-unknown',
      `The registry has no plan of ${action} ${found.version}: its rollout was started before there was one.`,
      'Start it from its plan file.',
    );
  const { startAt: _past, ...plan } = found.plan;
  return { found, plan };
}

/** `rollouts`: of its action, newest first. Said at once; the worker holds it too, whoever starts it (validate). */
export function assertNotHarmful(
  rollouts: readonly HistoryRow[],
  { action, version, contentSha256 }: RegisteredVersion,
  args: Insisted,
): void {
  const why = harmBefore(rollouts, { version, contentSha256 }, args);
  if (why !== null) throw new AssistError('retry-refused', `${action} ${why}`, HARM_WAY_OUT);
}
