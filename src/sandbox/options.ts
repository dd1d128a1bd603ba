/** Everything about the sandbox that can be set, with its defaults and limits. */
import { COPILOT } from './copilot/settings.ts';
import type { CopilotSettings } from './copilot/settings.ts';
import { DESKS } from './desks/settings.ts';
import type { DeskSettings } from './desks/settings.ts';
import { DESKTOP } from './desktop/settings.ts';
import type { DesktopSettings } from './desktop/settings.ts';
import type { SandboxClient } from './oauth.ts';
import type { PushSettings } from './push-lane.ts';
import type { RoutingEntity } from './routing.ts';
import type { TranscriptionSettings } from './transcription.ts';
import type { Models } from './traffic/models.ts';

export const MAX_CARDS_PER_SECOND = 10_000;

export interface TrafficOptions {
  /** Default: true when traffic options are given at all, else false. */
  readonly running?: boolean;
  readonly cardsPerSecond?: number;
  readonly agents?: number;
  readonly models?: Models;
  readonly utteranceGapMs?: number;
  readonly agentSpread?: number;
  /** Besides the three of the first day; each gets as many conversations as one of those on average. */
  readonly busyQueues?: number;
  /** What was before the start: conversations spread over the hours before it. */
  readonly past?: { readonly hours: number; readonly conversations: number };
  readonly lingerMs?: number;
  readonly voiceShare?: number;
}

export interface IntegrationSettings {
  /** From a switch to the state that it leads to. */
  readonly switchMs: number;
  /** Of one type. */
  readonly maxOfAType: number;
}

export interface NotificationSettings {
  readonly heartbeatMs: number;
  /** Of a channel; prolonged by every change of its topics. */
  readonly channelLifetimeMs: number;
  /** From the beginning of an utterance to its message. */
  readonly transcriptionDelayMs: number;
  /** Topics, as in the catalogue, that no WebSocket may subscribe to. */
  readonly notOnWebSockets: readonly string[];
}

export interface SandboxOptions {
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly seed?: number;
  /** Where actions, exports and the coverage log are kept, so that a killed sandbox comes back as it was. */
  readonly stateFile?: string;
  readonly clients?: readonly SandboxClient[];
  readonly tokenLifetimeSeconds?: number;
  /** Tokens per client and minute. */
  readonly tokensPerMinute?: number;
  /** Calls per token and minute. */
  readonly rateLimitPerMinute?: number;
  /** Conversations that analytics remembers. */
  readonly rememberedConversations?: number;
  /** Whether `/authorization/subjects/me` answers a client without a user. */
  readonly clientsHaveGrants?: boolean;
  /** Until a query of the audit log has succeeded. */
  readonly auditQueryMs?: number;
  /** Besides those of the first day; no conversation comes to them. */
  readonly moreQueues?: readonly RoutingEntity[];
  readonly moreSkills?: readonly RoutingEntity[];
  readonly push?: Partial<PushSettings>;
  readonly notifications?: Partial<NotificationSettings>;
  readonly integrations?: Partial<IntegrationSettings>;
  /** As an administrator set it before the first day. */
  readonly transcription?: Partial<TranscriptionSettings>;
  readonly traffic?: TrafficOptions;
  readonly copilot?: Partial<CopilotSettings>;
  /** What the agent's desktop tells the pages that it frames. */
  readonly desktop?: Partial<DesktopSettings>;
  readonly desks?: Partial<DeskSettings>;
  readonly now?: () => number;
}

/** Of the resources that the platform does not have. */
export const ALL_SCOPES = [
  'agentassist:action:read',
  'agentassist:action:write',
  'event:export:read',
  'event:export:write',
] as const;

export const DEFAULT_CLIENT: SandboxClient = { id: 'sandbox-client', secret: 'sandbox-secret', scopes: ALL_SCOPES };

/** By it agents log in to a page of ours (code grant with PKCE). */
export const PANEL_CLIENT: SandboxClient = {
  id: 'sandbox-panel',
  secret: '',
  scopes: ['user-basic-info', 'conversations:readonly'],
  permissions: ['conversation:communication:view'],
  redirectUris: 'loopback',
};

export interface SandboxSettings {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly stateFile: string | undefined;
  readonly clients: readonly SandboxClient[];
  readonly tokenLifetimeSeconds: number;
  readonly tokensPerMinute: number;
  readonly rateLimitPerMinute: number;
  readonly rememberedConversations: number;
  readonly clientsHaveGrants: boolean;
  readonly auditQueryMs: number;
  readonly moreQueues: readonly RoutingEntity[];
  readonly moreSkills: readonly RoutingEntity[];
  readonly push: PushSettings;
  readonly notifications: NotificationSettings;
  readonly integrations: IntegrationSettings;
  readonly transcription: TranscriptionSettings;
  readonly traffic: Required<TrafficOptions>;
  readonly copilot: CopilotSettings;
  readonly desktop: DesktopSettings;
  readonly desks: DeskSettings;
  readonly now: () => number;
}

const PUSH: PushSettings = {
  batchSize: 200,
  queueLimit: 100_000,
  duplicateProbability: 0.01,
  swapProbability: 0.01,
  timeoutMs: 15_000,
  backoffMs: 200,
  maxBackoffMs: 5_000,
};

const NOTIFICATIONS: NotificationSettings = {
  heartbeatMs: 30_000,
  channelLifetimeMs: 86_400_000,
  transcriptionDelayMs: 2_000,
  notOnWebSockets: [],
};

const TRANSCRIPTION: TranscriptionSettings = {
  transcription: 'EnabledGlobally',
  transcriptionConfidenceThreshold: 40,
  lowLatencyTranscriptionEnabled: true,
  contentSearchEnabled: false,
  pciDssRedactionEnabled: false,
  piiRedactionEnabled: false,
};

const INTEGRATIONS: IntegrationSettings = { switchMs: 500, maxOfAType: 100 };

const TRAFFIC: Required<TrafficOptions> = {
  running: false,
  cardsPerSecond: 300,
  agents: 200,
  models: {},
  utteranceGapMs: 600,
  agentSpread: 0.15,
  busyQueues: 0,
  past: { hours: 168, conversations: 0 },
  lingerMs: 0,
  voiceShare: 0.7,
};

export function settingsOf(options: SandboxOptions): SandboxSettings {
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    seed: options.seed ?? 1,
    stateFile: options.stateFile,
    clients: options.clients ?? [DEFAULT_CLIENT, PANEL_CLIENT],
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 86_400,
    tokensPerMinute: options.tokensPerMinute ?? 300,
    rateLimitPerMinute: options.rateLimitPerMinute ?? 300,
    rememberedConversations: options.rememberedConversations ?? 20_000,
    clientsHaveGrants: options.clientsHaveGrants ?? true,
    auditQueryMs: options.auditQueryMs ?? 200,
    moreQueues: options.moreQueues ?? [],
    moreSkills: options.moreSkills ?? [],
    push: { ...PUSH, ...options.push },
    notifications: { ...NOTIFICATIONS, ...options.notifications },
    integrations: { ...INTEGRATIONS, ...options.integrations },
    transcription: { ...TRANSCRIPTION, ...options.transcription },
    traffic: { ...TRAFFIC, running: options.traffic !== undefined, ...options.traffic },
    copilot: { ...COPILOT, ...options.copilot },
    desktop: { ...DESKTOP, ...options.desktop },
    desks: { ...DESKS, ...options.desks },
    now: options.now ?? Date.now,
  };
}
