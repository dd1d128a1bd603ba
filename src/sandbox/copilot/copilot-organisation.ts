/** Agent Copilot of the organisation: its assistants and the queues that they serve. */
import { z } from 'zod';
import { AssistantQueues } from './assistant-queues.ts';
import { Assistants } from './assistants.ts';
import { assistantQueueSchema, assistantSchema } from './bodies.ts';
import { seededAssistantQueues, seededAssistants } from './seeded-assistants.ts';
import type { CopilotSettings } from './settings.ts';

export const copilotStateSchema = z.object({
  assistants: z.array(assistantSchema),
  queues: z.array(assistantQueueSchema),
});
export type CopilotState = z.infer<typeof copilotStateSchema>;

export interface CopilotPorts {
  readonly hasQueue: (id: string) => boolean;
  readonly hasUser: (id: string) => boolean;
  readonly now: () => number;
  readonly save: () => void;
}

export interface CopilotOrganisation {
  readonly settings: CopilotSettings;
  readonly assistants: Assistants;
  readonly queues: AssistantQueues;
  state(): CopilotState;
}

export function createCopilot(
  settings: CopilotSettings,
  saved: CopilotState | undefined,
  ports: CopilotPorts,
): CopilotOrganisation {
  const assistants = new Assistants(saved?.assistants ?? seededAssistants(settings), { ...settings, ...ports });
  const queues = new AssistantQueues(saved?.queues ?? seededAssistantQueues(settings), { ...settings, ...ports });
  return {
    settings,
    assistants,
    queues,
    state: () => ({ assistants: [...assistants.all()], queues: [...queues.all()] }),
  };
}
