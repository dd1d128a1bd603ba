/** From the `target.kind` of a plan, of a deployment or of a seen version to its adapter: one line for each kind. */
import type { Plan } from '../domain/plan/plan.ts';
import type { TargetKind } from '../domain/plan/target-schema.ts';
import { agentAssistActions } from './agent-assist-actions/target.ts';
import { copilotQueues } from './copilot-queues/target.ts';
import { newIntegration } from './assist-panel/integration.ts';
import { assistPanel } from './assist-panel/target.ts';
import { copilotSuggestions } from './copilot-suggestions/target.ts';
import { TargetError } from './target-error.ts';
import type { OpenTarget, TargetAdapter, TargetDeps } from './target.ts';

const ADAPTERS: Readonly<Record<TargetKind, TargetAdapter>> = {
  agentAssistActions,
  assistPanel,
  copilotSuggestions,
  copilotQueues,
};

export interface Targets {
  /** The same one for a kind each time. Throws `UnknownTarget`: who asks may be of a later release. */
  of(kind: TargetKind): OpenTarget;
  all(): readonly OpenTarget[];
}

/** Every kind of target in one organisation. */
export function openTargets(deps: TargetDeps): Targets {
  const opened = new Map<TargetKind, OpenTarget>();
  const of = (kind: TargetKind): OpenTarget => {
    const target = opened.get(kind) ?? adapterOf(kind).open(deps);
    opened.set(kind, target);
    return target;
  };
  return { of, all: () => KINDS.map(of) };
}

/** What the plan's target would write for the version, but for how it is served, as fields to compare. Pure. */
export function documentOf(plan: Pick<Plan, 'target' | 'action'>): object {
  return adapterOf(plan.target.kind).documentOf(plan);
}

/** Hash (SHA-256, hex) of the content that the plan's version stands for. Pure. */
export function contentSha256(plan: Pick<Plan, 'target' | 'action'>): string {
  return adapterOf(plan.target.kind).contentSha256(plan);
}

/** The interaction widget of the target `assistPanel` as the engine would make it. Pure. */
export const panelIntegration = newIntegration;

const KINDS = Object.keys(ADAPTERS) as TargetKind[];

function adapterOf(kind: TargetKind): TargetAdapter {
  if (Object.hasOwn(ADAPTERS, kind)) return ADAPTERS[kind];
  throw new TargetError(
    'UnknownTarget',
    `There is no target ${JSON.stringify(kind)} in this release; it knows ${KINDS.join(', ')}. Run a worker of the ` +
      'release that started the rollout.',
  );
}
