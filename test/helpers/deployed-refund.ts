/** RefundAssist 1.5.0, deployed beside the seeded 1.4.0 in a sandbox of its own. */
import type { CardVersion } from '../../src/domain/plan/plan.ts';
import { DEFAULT_TARGET } from '../../src/domain/plan/target-schema.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import type { ActionDocument } from '../../src/genesys/wire.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { agentAssistActions } from '../../src/targets/agent-assist-actions/target.ts';
import type { Target } from '../../src/targets/target.ts';
import { pairOf } from './pair.ts';
import type { Pair } from './pair.ts';
import { sandboxClient, targetDeps } from './target-deps.ts';

const ACTION: CardVersion = {
  name: 'RefundAssist',
  version: '1.5.0',
  html: '<p>New</p>',
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] },
};

export interface DeployedRefund {
  /** Of the organisation. */
  readonly url: string;
  readonly client: GenesysClient;
  readonly target: Target;
  readonly deployment: Pair;
  readonly documentOf: (id: string) => Promise<ActionDocument>;
  readonly close: () => Promise<void>;
}

export async function deployRefund(): Promise<DeployedRefund> {
  const sandbox = await startSandbox({});
  const client = sandboxClient(sandbox.url);
  const target = agentAssistActions.open(targetDeps(client));
  const deployed = await target.deploy({ target: DEFAULT_TARGET, action: ACTION, rolloutId: 'rollout-1' });
  return {
    url: sandbox.url,
    client,
    target,
    deployment: pairOf(deployed),
    documentOf: async (id) => (await client.actions.get(id)).value,
    close: () => {
      client.close();
      return sandbox.close();
    },
  };
}
