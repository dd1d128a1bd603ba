/** What the desktop of one agent shows at an instant. */
import type { SandboxOrganisation } from '../organisation.ts';
import type { HostFacts } from './settings.ts';
import { frameUrl, interactionOf, isFramable, isShownBeside } from './widget.ts';
import type { Widget } from './widget.ts';

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

interface DeskView {
  readonly agent: { readonly id: string; readonly name: string };
  readonly conversations: readonly ConversationView[];
}

export function deskView(org: SandboxOrganisation, agentId: string, host: HostFacts): DeskView {
  const agent = org.people.find(agentId);
  const widgets = org.desks.widgets();
  const conversations = org.conversations.runningOf(agentId, org.settings.now()).map((conversation) => {
    const interaction = interactionOf(conversation);
    return {
      id: conversation.id,
      communicationType: interaction.communicationType,
      queueName: org.routing.queue(conversation.queueId)?.name ?? conversation.queueId,
      startedAt: new Date(conversation.startMs).toISOString(),
      panels: widgets
        .filter((widget) => isShownBeside(widget, interaction, agent?.groupIds ?? []))
        .map((widget) => panelOf(widget, frameUrl(widget, interaction, host))),
    };
  });
  return {
    agent: { id: agentId, name: agent?.name ?? agentId },
    conversations: conversations.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
  };
}

function panelOf(widget: Widget, src: string): PanelView {
  const { id, name, sandbox, allow, hooks, isEphemeral } = widget;
  const problem = isFramable(src) ? null : 'Its address must begin with https:// (or be of this machine).';
  return { id, name, src, sandbox, allow, hooks, isEphemeral, problem };
}
