/** The client of one organisation: one OAuth client, one rate, one pool of connections. */
import { createRedactor } from '../domain/text/redact.ts';
import { createActions } from './actions.ts';
import type { Actions } from './actions.ts';
import { createAgents } from './agents.ts';
import type { Agents } from './agents.ts';
import { createAggregates } from './aggregates.ts';
import type { Aggregates } from './aggregates.ts';
import { createAssistants } from './assistants.ts';
import type { Assistants } from './assistants.ts';
import { createAudits } from './audits.ts';
import type { Audits } from './audits.ts';
import { createConversations } from './conversations.ts';
import type { Conversations } from './conversations.ts';
import { createEventExports } from './exports.ts';
import type { EventExports } from './exports.ts';
import { createApi } from './http.ts';
import type { ConfirmCurrent, GenesysLogger } from './http.ts';
import { createIntegrations } from './integrations.ts';
import type { Integrations } from './integrations.ts';
import { createMessages } from './messages.ts';
import type { Messages } from './messages.ts';
import { createNotifications } from './notifications.ts';
import type { Notifications } from './notifications.ts';
import { createTokenSource } from './oauth.ts';
import { createOrganisationSettings } from './organisation-settings.ts';
import type { OrganisationSettings } from './organisation-settings.ts';
import { createPeople } from './people.ts';
import type { People } from './people.ts';
import type { ProxySettings } from './proxy.ts';
import { createRouting } from './routing.ts';
import type { Routing } from './routing.ts';
import { createSuggestions } from './suggestions.ts';
import type { Suggestions } from './suggestions.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createTranscripts } from './transcripts.ts';
import type { Transcripts } from './transcripts.ts';
import { createTransport } from './transport.ts';

export interface GenesysClientOptions {
  /** See `regionEndpoints`. */
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The platform allows 300 per client. */
  readonly callsPerMinute: number;
  /** Longest wait for one answer; default 5 s. */
  readonly requestTimeoutMs?: number;
  /** Longest wait for a turn within the rate; default 10 s. */
  readonly maxWaitMs?: number;
  /** The way out of the network; absent or null: directly. */
  readonly proxy?: ProxySettings | null;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly logger?: GenesysLogger;
  /** The running piece of work, if it can be given up half way. */
  readonly signal?: () => AbortSignal | undefined;
  readonly confirmCurrent?: ConfirmCurrent;
}

export interface GenesysClient {
  readonly actions: Actions;
  readonly exports: EventExports;
  readonly conversations: Conversations;
  readonly transcripts: Transcripts;
  readonly messages: Messages;
  readonly notifications: Notifications;
  readonly routing: Routing;
  readonly assistants: Assistants;
  readonly suggestions: Suggestions;
  readonly agents: Agents;
  readonly people: People;
  readonly organisation: OrganisationSettings;
  readonly audits: Audits;
  readonly aggregates: Aggregates;
  readonly integrations: Integrations;
  close(): void;
}

export function createGenesysClient(options: GenesysClientOptions): GenesysClient {
  const transport = createTransport(options.requestTimeoutMs ?? 5000, options.proxy);
  const redact = createRedactor([options.clientSecret]);
  const tokens = createTokenSource({ transport, ...options });
  const bucket = createTokenBucket(options);
  const api = createApi({ transport, tokens, redact, bucket, ...options });
  return {
    actions: createActions(api),
    exports: createEventExports(api),
    conversations: createConversations(api),
    transcripts: createTranscripts(api, transport, options.apiUrl),
    messages: createMessages(api),
    notifications: createNotifications(api, options.apiUrl, transport),
    routing: createRouting(api),
    assistants: createAssistants(api),
    suggestions: createSuggestions(api),
    agents: createAgents(api),
    people: createPeople(api),
    organisation: createOrganisationSettings(api),
    audits: createAudits(api),
    aggregates: createAggregates(api),
    integrations: createIntegrations(api),
    close: () => transport.close(),
  };
}
