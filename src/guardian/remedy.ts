/** What the guardian does about a finding besides bringing a baseline back. Each may be done twice. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { GuardianFinding } from '../domain/guardian/finding.ts';
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { Targets } from '../targets/index.ts';
import type { Webhook } from '../targets/target.ts';
import { guardianSignal, rolloutWorkflowId, wavesWorkflowId } from '../workflows/messages.ts';
import { resetTo } from './frozen.ts';
import { moveTo } from './lost-builds.ts';

export interface RemedyDeps {
  readonly targets: Pick<Targets, 'all'>;
  readonly webhook: Webhook;
}

const DEEDS: readonly string[] = ['signal', 'move', 'reset', 'repair'];

/** Is it done here? The finding's way out tells of it as done. */
export function isDeed(remedy: GuardianFinding['remedy']): boolean {
  return DEEDS.includes(remedy);
}

export async function remedyBy(deps: RemedyDeps, client: Client, finding: GuardianFinding): Promise<void> {
  switch (finding.remedy) {
    case 'signal':
      return signal(client, finding);
    case 'move':
      return move(client, finding);
    case 'reset':
      return doAnew(client, finding);
    case 'repair':
      return repairEvents(deps, finding.target);
  }
}

async function repairEvents({ targets, webhook }: RemedyDeps, of: TargetKind | undefined): Promise<void> {
  for (const { kind, events } of targets.all())
    if (kind === of && (await events.trouble(webhook.publicUrl)) !== null) await events.open(webhook);
}

async function signal(client: Client, { action, rolloutId, sentence }: GuardianFinding): Promise<void> {
  if (action === null || rolloutId === null) return;
  try {
    await client.workflow
      .getHandle(rolloutWorkflowId(action), rolloutId)
      .signal(guardianSignal, { kind: 'unwatched', reason: sentence });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function move(client: Client, { action, rolloutId, waves, to }: GuardianFinding): Promise<void> {
  if (to === undefined) return;
  if (waves !== undefined) return moveTo(client, wavesWorkflowId(waves.name), waves.runId, to);
  if (action === null || rolloutId === null) return;
  await moveTo(client, rolloutWorkflowId(action), rolloutId, to);
}

/** Whoever does so twice has done it once: the run that it names is over then. */
async function doAnew(client: Client, { waves, to, sentence }: GuardianFinding): Promise<void> {
  if (waves === undefined || to === undefined) return;
  const { name, runId } = waves;
  await resetTo(client, { workflowId: wavesWorkflowId(name), runId, to, reason: sentence });
}
