/** Acts on builds, each a short run of its own: who asks is held to their role, and what is done is on record. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { BuildsAnswer } from '../domain/builds/act.ts';
import { buildsActText, buildsRight, parseBuildsAct } from '../domain/builds/act.ts';
import { authorise, changeBuilds, planBuilds, refuseBuilds } from './activity-proxies.ts';
import { asAsked } from './authorise.ts';
import { followCurrent } from './follow-current.ts';

export async function builds(given: unknown): Promise<BuildsAnswer> {
  const asked = parseBuildsAct(given);
  if (typeof asked === 'string')
    throw ApplicationFailure.nonRetryable(`${asked} Change them with \`assist-rollouts builds\`.`, 'QuestionRefused');
  const right = buildsRight(asked);
  const answer = await authorise.executeWithOptions({ summary: `may ${asked.by} ${right.act}?` }, [
    { ...right, ...asAsked(asked, given as object) },
  ]);
  const input = { id: workflowInfo().runId, asked, actor: answer.actor ?? null };
  if (!answer.ok) {
    await refuseBuilds.executeWithOptions({ summary: 'audit: refused' }, [{ ...input, why: answer.refusal }]);
    return {
      kind: 'refused',
      code: 'build-refused',
      why: answer.refusal,
      remedy: 'Nothing was changed; docs/people.md tells who may.',
    };
  }
  const plan = await planBuilds.executeWithOptions({ summary: 'what stands now' }, [asked]);
  if (plan.kind === 'refused') return plan;
  return changeBuilds.executeWithOptions({ summary: buildsActText(asked) }, [{ ...input, plan }]);
}
followCurrent(builds);
