/** What our OAuth client needs to be allowed, by target; the names are those of the platform's API description. */
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { Grant } from '../genesys/organisation-settings.ts';

/** The targets that the published API has. */
export const REAL_TARGETS = ['assistPanel', 'copilotSuggestions', 'copilotQueues'] as const satisfies TargetKind[];
export type RealTarget = (typeof REAL_TARGETS)[number];

export const PERMISSIONS: Readonly<Record<RealTarget, readonly string[]>> = {
  assistPanel: [
    'integrations:integration:view',
    'integrations:integration:add',
    'integrations:integration:edit',
    'routing:queue:view',
    'routing:transcriptionSettings:view',
    'conversation:transcription:view',
    'conversation:message:view',
    'analytics:conversationDetail:view',
  ],
  copilotSuggestions: [
    'assistants:assistant:view',
    'conversation:suggestion:view',
    'conversation:suggestion:edit',
    'routing:queue:view',
    'analytics:conversationDetail:view',
  ],
  copilotQueues: [
    'assistants:assistant:view',
    'assistants:queue:view',
    'assistants:queue:edit',
    'routing:queue:view',
    'analytics:agentCopilotAggregate:view',
    'analytics:conversationAggregate:view',
    'assistants:queueUserJob:add',
    'assistants:queueUserJob:view',
    'assistants:queueUserAssignment:add',
    'assistants:queueUserAssignment:delete',
    'assistants:queueUserAssignment:view',
  ],
};

/** The role that grants it; `*` in a grant stands for everything there. Null: none does. */
export function roleWith(permission: string, grants: readonly Grant[]): string | null {
  const asked = permission.split(':');
  const covers = (granted: string): boolean => {
    const parts = granted.split(':');
    return parts.length === asked.length && parts.every((part, index) => part === '*' || part === asked[index]);
  };
  return grants.find(({ permissions }) => permissions.some(covers))?.role ?? null;
}
