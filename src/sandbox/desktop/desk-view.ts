/** What the desktop of one agent shows at an instant. */
import type { Conversation } from '../conversations.ts';
import { frameUrl, isFramable, isShownBeside, widgetOf } from './widget.ts';
import type { DesktopIntegration, HostFacts, Interaction, Widget } from './widget.ts';

/** What the desktop asks of the organisation. */
export interface DesktopSource {
  readonly now: () => number;
  /** Those that this agent is in at this instant. */
  readonly conversationsOf: (agentId: string, nowMs: number) => readonly Conversation[];
  readonly integrations: () => readonly DesktopIntegration[];
  readonly groupIdsOf: (agentId: string) => readonly string[];
  readonly queueName: (queueId: string) => string;
}

interface PanelView {
  readonly id: string;
  readonly name: string;
  readonly src: string;
  readonly sandbox: string;
  readonly allow: string;
  readonly hooks: Widget['hooks'];
  readonly isEphemeral: boolean;
  /** Why the desktop does not frame it. */
  readonly problem: string | null;
}

interface ConversationView {
  readonly id: string;
  readonly communicationType: string;
  readonly queueName: string;
  readonly startedAt: string;
  readonly panels: readonly PanelView[];
}

export interface DeskView {
  readonly agentId: string;
  readonly conversations: readonly ConversationView[];
}

export function deskView(source: DesktopSource, agentId: string, host: HostFacts): DeskView {
  const widgets = source.integrations().flatMap((integration) => widgetOf(integration) ?? []);
  const groupIds = source.groupIdsOf(agentId);
  const conversations = source.conversationsOf(agentId, source.now()).map((conversation) => {
    const interaction = interactionOf(conversation);
    return {
      id: conversation.id,
      communicationType: interaction.communicationType,
      queueName: source.queueName(conversation.queueId),
      startedAt: new Date(conversation.startMs).toISOString(),
      panels: widgets
        .filter((widget) => isShownBeside(widget, interaction, groupIds))
        .map((widget) => panelOf(widget, frameUrl(widget, interaction, host))),
    };
  });
  return { agentId, conversations: conversations.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)) };
}

/** Messages of this organisation are those of web messaging. */
export function interactionOf({
  id,
  queueId,
  mediaType,
}: Pick<Conversation, 'id' | 'queueId' | 'mediaType'>): Interaction {
  return { conversationId: id, queueId, communicationType: mediaType === 'voice' ? 'call' : 'webmessaging' };
}

function panelOf(widget: Widget, src: string): PanelView {
  const { id, name, sandbox, allow, hooks, isEphemeral } = widget;
  const problem = isFramable(src) ? null : 'Its address must begin with https:// (or be of this machine).';
  return { id, name, src, sandbox, allow, hooks, isEphemeral, problem };
}
