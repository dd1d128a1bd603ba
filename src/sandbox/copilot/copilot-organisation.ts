/** Agent Copilot of the organisation: its assistants and the queues that they serve. */
import { z } from 'zod';
import type { Conversation } from '../conversations.ts';
import { AssistantQueues } from './assistant-queues.ts';
import { Assistants } from './assistants.ts';
import { assistantQueueSchema, assistantSchema } from './bodies.ts';
import { CopilotTraffic } from './copilot-traffic.ts';
import type { CopilotTrafficPorts } from './copilot-traffic.ts';
import { assistantOf } from './record.ts';
import type { CopilotRecord } from './record.ts';
import { seededAssistantQueues, seededAssistants } from './seeded-assistants.ts';
import type { CopilotSettings } from './settings.ts';

export const copilotStateSchema = z.object({
  assistants: z.array(assistantSchema),
  queues: z.array(assistantQueueSchema),
});
export type CopilotState = z.infer<typeof copilotStateSchema>;

export interface CopilotPorts extends Pick<CopilotTrafficPorts, 'channels' | 'find' | 'effectOf' | 'models'> {
  readonly conversations: () => readonly Conversation[];
  readonly busyQueues: number;
  readonly hasQueue: (id: string) => boolean;
  readonly hasUser: (id: string) => boolean;
  readonly now: () => number;
  readonly save: () => void;
}

export interface CopilotOrganisation {
  readonly settings: CopilotSettings;
  readonly assistants: Assistants;
  readonly queues: AssistantQueues;
  readonly traffic: CopilotTraffic;
  /** Those that are remembered, in no order. */
  readonly conversations: () => readonly Conversation[];
  recordOf(conversationId: string): CopilotRecord | undefined;
  /** Whether an assistant serves this conversation. */
  isServed(conversationId: string): boolean;
  /** Plays what is due, and tells the time. */
  readonly now: () => number;
  state(): CopilotState;
}

export function createCopilot(
  settings: CopilotSettings,
  saved: CopilotState | undefined,
  ports: CopilotPorts,
): CopilotOrganisation {
  const assistants = new Assistants(saved?.assistants ?? seededAssistants(settings), { ...settings, ...ports });
  const queues = new AssistantQueues(saved?.queues ?? seededAssistantQueues(settings, ports.busyQueues), {
    ...settings,
    ...ports,
  });
  const traffic = new CopilotTraffic(settings, { ...ports, assistants, queues });
  const recordOf = (id: string): CopilotRecord | undefined => ports.find(id)?.copilot;
  return {
    settings,
    assistants,
    queues,
    traffic,
    conversations: ports.conversations,
    recordOf,
    isServed: (id) => assistantOf(recordOf(id)) !== undefined,
    now: () => {
      const nowMs = ports.now();
      traffic.advance(nowMs);
      return nowMs;
    },
    state: () => ({ assistants: [...assistants.all()], queues: [...queues.all()] }),
  };
}
