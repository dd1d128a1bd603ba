/** The assistants of the first day, made by an administrator. */
import { seededQueues } from '../seeded-organisation.ts';
import type { Assistant, AssistantQueue, CopilotBody } from './bodies.ts';
import type { CopilotSettings } from './settings.ts';

export const SEEDED_ASSISTANTS = {
  /** Serves every queue that has conversations. */
  baseline: { id: '3d8a1f60-5c27-4e9b-8b14-6a0f92c7d521', name: 'Refund assistant' },
  /** Serves none yet. */
  candidate: { id: '9b6e4c12-0f83-4d7a-b5c9-17e2a8d03f22', name: 'Refund assistant, next' },
} as const;

const ADMINISTRATOR_ID = 'd41c7a09-6e25-4b83-9f70-2c5b8e1a6d30';

/** What the imitated language understanding can tell; a rule's condition names an intent by either. */
export const INTENTS = [
  { id: '5e0b7c31-84d2-4f16-a9e7-31b6c0d28f41', name: 'Refund', word: 'refund' },
  { id: '7f2d9a54-16c8-4b30-8e5f-90a4d7c13e42', name: 'Pricing', word: 'pricing' },
  { id: 'a83c5e17-d940-4c62-b1f8-4e7d26b95043', name: 'Escalation', word: 'escalation' },
] as const;

const FIRST_DAY = '2026-01-05T08:00:00.000Z';

export function seededAssistants(settings: CopilotSettings): readonly Assistant[] {
  return Object.values(SEEDED_ASSISTANTS).map(({ id, name }) => ({
    id,
    name,
    transcriptionConfig: { vendorName: 'Genesys' },
    state: 'Active',
    dateCreated: FIRST_DAY,
    dateModified: FIRST_DAY,
    createdBy: { id: ADMINISTRATOR_ID },
    modifiedBy: { id: ADMINISTRATOR_ID },
    selfUri: `/api/v2/assistants/${id}`,
    copilot: { ...copilot(settings), enabled: true, selfUri: `/api/v2/assistants/${id}/copilot` },
  }));
}

function copilot({ thirdPartyAttributes }: CopilotSettings): CopilotBody {
  return {
    liveOnQueue: true,
    defaultLanguage: 'en-US',
    nluEngineType: 'NluV3',
    nluConfig: {
      domain: { id: '0c4f8b92-7a61-4d35-9e28-b7d1530fa644', useLatestVersion: true },
      intentConfidenceThreshold: 0.7,
    },
    ruleEngineConfig: {
      rules: [
        {
          id: 'refund-text',
          enabled: true,
          rule: {
            conditions: [{ conditionType: 'Intent', conditionValues: [INTENTS[0].id] }],
            actions: [{ actionType: 'ThirdPartyAction', attributes: thirdPartyAttributes }],
          },
        },
        {
          id: 'pricing-response',
          enabled: true,
          rule: {
            conditions: [{ conditionType: 'Intent', conditionValues: [INTENTS[1].id] }],
            actions: [
              {
                actionType: 'CannedResponse',
                attributes: { responseId: 'e27b0d63-5f14-4a98-8c3d-06b9f1a75245' },
              },
            ],
          },
        },
      ],
      fallback: { enabled: false, actions: [] },
    },
  };
}

export function seededAssistantQueues(
  { firstAssignment }: CopilotSettings,
  busyQueues: number,
): readonly AssistantQueue[] {
  return seededQueues(busyQueues).map(({ id }) => ({
    id,
    mediaTypes: ['Call', 'Message'],
    assistantId: SEEDED_ASSISTANTS.baseline.id,
    mode: firstAssignment,
    userIds: [],
    dateCreated: FIRST_DAY,
    dateModified: FIRST_DAY,
  }));
}
