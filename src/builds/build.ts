/** Builds of the worker as Temporal knows them: a deployment has a name, and each build of it an id. */

/** As the SDK names it, so that it can be handed to a worker as it is. */
export interface WorkerBuild {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** What stands in an act, and in a list, for workers that say no build. */
export const UNVERSIONED = 'unversioned';

/** As the search attribute TemporalWorkerDeploymentVersion holds it. */
export function buildText({ deploymentName, buildId }: WorkerBuild): string {
  return `${deploymentName}:${buildId}`;
}

/** A deployment's name holds no colon. */
export function buildOf(text: string): WorkerBuild {
  const at = text.indexOf(':');
  return { deploymentName: text.slice(0, at), buildId: text.slice(at + 1) };
}
