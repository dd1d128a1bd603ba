/** Interaction widgets as the agent desktop reads them: whom a configured integration is for, and what it frames. */
import { z } from 'zod';
import type { Conversation } from '../conversations.ts';
import type { Integration, ReportedState } from '../integrations/integrations.ts';
import type { HostFacts } from './settings.ts';
import { INTERACTION_WIDGET, commaSeparated } from '../integrations/types.ts';

export const HOOKS = ['bootstrap', 'focus', 'blur', 'stop'] as const;
export type Hook = (typeof HOOKS)[number];

export interface Widget {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Of the frame's attribute, parted by spaces. */
  readonly sandbox: string;
  /** Of the frame's `allow`. */
  readonly allow: string;
  /** An empty list lets everything through. */
  readonly queueIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly communicationTypes: readonly string[];
  readonly hooks: Readonly<Record<Hook, boolean>>;
  /** Stopped as soon as it is out of sight. */
  readonly isEphemeral: boolean;
}

/** What the desktop knows of an interaction when it opens a panel beside it. */
export interface Interaction {
  readonly conversationId: string;
  readonly queueId: string;
  readonly communicationType: string;
}

const list = z.array(z.string()).nullish();
const text = z.string().nullish();
const flag = z.boolean().nullish();
const propertiesSchema = z.object({
  url: z.string().min(1),
  sandbox: text,
  permissions: text,
  groups: list,
  queueIdFilterList: list,
  communicationTypeFilter: text,
});
const advancedSchema = z.object({
  lifecycle: z
    .object({
      ephemeral: flag,
      hooks: z.object({ bootstrap: flag, focus: flag, blur: flag, stop: flag }).nullish(),
    })
    .nullish(),
});

/** Null for what is no interaction widget, is not on, or has no address yet. */
export function widgetOf({ id, typeId, config }: Integration, reported: ReportedState): Widget | null {
  const properties = propertiesSchema.safeParse(config.properties);
  if (typeId !== INTERACTION_WIDGET || reported !== 'ACTIVE' || !properties.success) return null;
  const { url, sandbox, permissions, groups, queueIdFilterList, communicationTypeFilter } = properties.data;
  const lifecycle = advancedSchema.safeParse(config.advanced).data?.lifecycle;
  return {
    id,
    name: config.name,
    url,
    sandbox: commaSeparated(sandbox ?? '').join(' '),
    allow: commaSeparated(permissions ?? '').join('; '),
    queueIds: queueIdFilterList ?? [],
    groupIds: groups ?? [],
    communicationTypes: commaSeparated(communicationTypeFilter ?? ''),
    hooks: {
      bootstrap: lifecycle?.hooks?.bootstrap === true,
      focus: lifecycle?.hooks?.focus === true,
      blur: lifecycle?.hooks?.blur === true,
      stop: lifecycle?.hooks?.stop === true,
    },
    isEphemeral: lifecycle?.ephemeral === true,
  };
}

/** Messages of this organisation are those of web messaging. */
export function interactionOf({
  id,
  queueId,
  mediaType,
}: Pick<Conversation, 'id' | 'queueId' | 'mediaType'>): Interaction {
  return { conversationId: id, queueId, communicationType: mediaType === 'voice' ? 'call' : 'webmessaging' };
}

/** Does the agent, who is in these groups, get this widget beside this interaction? */
export function isShownBeside(widget: Widget, interaction: Interaction, groupIds: readonly string[]): boolean {
  const { queueIds, communicationTypes } = widget;
  return (
    (queueIds.length === 0 || queueIds.includes(interaction.queueId)) &&
    (communicationTypes.length === 0 || communicationTypes.includes(interaction.communicationType)) &&
    (widget.groupIds.length === 0 || widget.groupIds.some((id) => groupIds.includes(id)))
  );
}

/** The address of the frame: every variable that is known is replaced, what is not known stays as it was written. */
export function frameUrl({ url }: Widget, interaction: Interaction, host: HostFacts): string {
  const { conversationId, communicationType } = interaction;
  const values: Readonly<Record<string, string>> = {
    gcConversationId: conversationId,
    gcInteractionId: conversationId,
    gcInteractionType: communicationType,
    gcLangTag: host.language,
    gcHostOrigin: host.origin,
    gcTargetEnv: host.targetEnv,
    gcUsePopupAuth: String(host.usePopupAuth),
    pcConversationId: conversationId,
    pcLangTag: host.language,
    pcEnvironment: host.domain,
  };
  return url.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });
}

/** The real desktop frames pages over HTTPS only; of this machine itself HTTP is taken as well. */
export function isFramable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
