/** The plan of an action's last rollout, out of the registry, to be started again; or why it should not be. */
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { RegisteredVersion } from '../domain/registry/question.ts';

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

/**
 * A version never changes, so what was proven of it once holds for whatever is started again: also where a rollout in
 * between was rejected.
 */
export async function assertNotHarmful(
  configurator: Configurator,
  action: string,
  { version }: RegisteredVersion,
  args: { readonly force?: boolean; readonly reason?: string },
): Promise<void> {
  const rows = await configurator.history(action);
  const harmful = rows.find((row) => row.undo === null && row.version === version && row.verdict === 'harm');
  if (harmful === undefined || (args.force === true && args.reason !== undefined)) return;
  throw new AssistError(
    'retry-refused',
    `${action} ${version} was proven harmful in rollout ${harmful.rolloutId} of ${harmful.startedAt.slice(0, 10)}: ` +
      harmful.reason,
    'Publish a version that is mended; or say why it is tried once more: --force --reason <text>.',
  );
}
