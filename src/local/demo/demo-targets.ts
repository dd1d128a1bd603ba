/** The kinds of target that the demo can be shown on. */
import type { TargetKind } from '../../domain/plan/target-schema.ts';
import { ACTIONS_DEMO } from './actions-demo.ts';
import { PANEL_DEMO } from './panel-demo.ts';
import { QUEUES_DEMO } from './queues-demo.ts';
import { SUGGESTIONS_DEMO } from './suggestions-demo.ts';
import type { DemoTarget } from './demo-target.ts';

const TARGETS = {
  agentAssistActions: ACTIONS_DEMO,
  assistPanel: PANEL_DEMO,
  copilotSuggestions: SUGGESTIONS_DEMO,
  copilotQueues: QUEUES_DEMO,
} satisfies Partial<Record<TargetKind, DemoTarget>>;

export type DemoKind = keyof typeof TARGETS;

export const DEMO_KINDS = Object.keys(TARGETS) as DemoKind[];

export function demoTarget(kind: DemoKind): DemoTarget {
  return TARGETS[kind];
}
