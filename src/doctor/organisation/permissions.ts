/** What our OAuth client needs to be allowed, by target; the names are those of the platform's API description. */
import type { TargetKind } from '../../domain/plan/target-schema.ts';
import type { Grant } from '../../genesys/organisation-settings.ts';

/** The targets that the published API has. */
export const REAL_TARGETS = ['assistPanel', 'copilotSuggestions', 'copilotQueues'] as const satisfies TargetKind[];
export type RealTarget = (typeof REAL_TARGETS)[number];

/** Of the worker, and of the processes that follow conversations (panel, responder). */
const FOLLOWING = ['routing:queue:view', 'analytics:conversationDetail:view'];
const COPILOT = [
  'assistants:assistant:view',
  'assistants:copilot:view',
  'assistants:queue:view',
  'conversation:suggestion:view',
];

export interface Need {
  readonly target: RealTarget;
  /** As it is shown. */
  readonly name: string;
  readonly permissions: readonly string[];
  /** Not every rollout on the target needs it. */
  readonly isOptional?: boolean;
}

export const NEEDS: readonly Need[] = [
  {
    target: 'assistPanel',
    name: 'assistPanel',
    permissions: [
      'integrations:integration:view',
      'integrations:integration:add',
      'integrations:integration:edit',
      ...FOLLOWING,
      'conversation:transcription:view',
      'conversation:message:view',
    ],
  },
  {
    target: 'assistPanel',
    name: 'assistPanel for teams',
    permissions: ['groups:team:view'],
    isOptional: true,
  },
  {
    target: 'copilotSuggestions',
    name: 'copilotSuggestions',
    permissions: [...COPILOT, 'conversation:suggestion:edit', ...FOLLOWING],
  },
  {
    target: 'copilotQueues',
    name: 'copilotQueues',
    permissions: [...COPILOT, 'assistants:queue:edit', ...FOLLOWING, 'analytics:conversationAggregate:view'],
  },
  {
    target: 'copilotQueues',
    name: 'copilotQueues with unit: agent',
    permissions: [
      'assistants:queueUserAssignment:view',
      'assistants:queueUserAssignment:add',
      'assistants:queueUserAssignment:delete',
    ],
    isOptional: true,
  },
];

/** The role that grants it; `*` in a grant stands for everything there. Null: none does. */
export function roleWith(permission: string, grants: readonly Grant[]): string | null {
  const asked = permission.split(':');
  const covers = (granted: string): boolean => {
    const parts = granted.split(':');
    return parts.length === asked.length && parts.every((part, index) => part === '*' || part === asked[index]);
  };
  return grants.find(({ permissions }) => permissions.some(covers))?.role ?? null;
}
