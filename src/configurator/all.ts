/** One act for everything that runs: each rollout is told, and says itself what it made of it. */
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { ROLLOUT_WORKFLOW, WAVES_WORKFLOW, wavesWorkflowId } from '../workflows/messages.ts';
import type { HumanAct } from '../workflows/messages.ts';
import type { WavesActName } from '../domain/waves/state.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import type { TemporalLink } from './connection.ts';
import { actOnMember, whyNot } from './member-acts.ts';
import type { MemberAct } from './member-acts.ts';
import { tellWaves } from './waves-acts.ts';

const READ_TIMEOUT_MS = 20_000;
/** Each is two or three calls. */
const AT_ONCE = 8;

/** Waves first, so that nothing more begins meanwhile. */
export async function actOnAll(link: TemporalLink, name: WavesActName, act: HumanAct): Promise<readonly MemberAct[]> {
  const waves = await runningIds(link, WAVES_WORKFLOW);
  const ofWaves = await mapAtOnce(waves, AT_ONCE, async ({ workflowId }) => {
    const wave = workflowId.slice(wavesWorkflowId('').length);
    try {
      await tellWaves(link, name, wave, act);
      return { action: workflowId, taken: true, why: '' };
    } catch (error) {
      return { action: workflowId, taken: false, why: whyNot(error) };
    }
  });
  const rollouts = await runningIds(link, ROLLOUT_WORKFLOW);
  const ofRollouts = await mapAtOnce(rollouts, AT_ONCE, ({ action }) => actOnMember(link, name, action, act));
  return [...ofWaves, ...ofRollouts];
}

interface Running {
  readonly workflowId: string;
  readonly action: string;
}

async function runningIds(link: TemporalLink, type: string): Promise<readonly Running[]> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const found: Running[] = [];
    const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId, typedSearchAttributes } of client.workflow.list({ query, pageSize: 500 }))
      found.push({ workflowId, action: readAttributes(typedSearchAttributes).action ?? '' });
    return found;
  });
}
