/** Who acts on waves, and may they do so on every member? One signature speaks for all of them. */
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Actor } from '../domain/identity/actor.ts';
import { queuesOf } from '../domain/identity/queues.ts';
import { sha256Of } from '../domain/shared/content-hash.ts';
import { authorise } from './activity-proxies.ts';
import type { Authorised } from './authorise.ts';
import type { HumanAct } from './messages.ts';
import type { WavesRun } from './waves-run.ts';

/** `signed`: the act as it came, so that all of it is what was signed. */
export async function authoriseWaves(
  run: WavesRun,
  act: string,
  { by, reason, expiresAt, signature }: HumanAct,
  signed: object,
): Promise<Authorised> {
  const { workflowId, runId } = workflowInfo();
  const { signature: _signature, ...content } = signed as Partial<HumanAct>;
  const asked = {
    act,
    workflowId,
    runId,
    by,
    reason,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(signature !== undefined && { signature }),
    contentSha256: sha256Of(content),
    atMs: Date.now(),
  };
  let actor: Actor | null = null;
  let signatureId: string | null = null;
  for (const plan of run.input.waves.waves.flatMap(({ members }) => members)) {
    const answer = await CancellationScope.nonCancellable(() =>
      authorise.executeWithOptions({ summary: `may ${by} ${act} ${plan.action.name}?` }, [
        { ...asked, action: plan.action.name, queues: queuesOf(plan) },
      ]),
    );
    if (!answer.ok) return answer;
    ({ actor, signatureId } = answer);
    // Who cannot be told apart may do as much with one as with another.
    if (actor.verifiedBy === null) break;
  }
  if (actor === null) return { ok: false, refusal: `Cannot ${act}: these waves have no member.` };
  if (signatureId !== null && !run.firstUse(signatureId))
    return { ok: false, refusal: `Cannot ${act}: its signature was used before; sign it anew.` };
  const { verifiedBy, subject } = actor;
  return {
    ok: true,
    actor,
    proof: { verifiedBy, subject, signature: verifiedBy === null ? null : (signature ?? null) },
  };
}
