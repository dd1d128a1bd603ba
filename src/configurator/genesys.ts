/** The organisation's side, opened from a configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config.ts';
import { KNOWN_EVENT_TYPES } from '../domain/events/event.ts';
import { createAgentAssistActionsTarget } from '../genesys/agent-assist-actions.ts';
import { createGenesysClient } from '../genesys/client.ts';
import type { EnsuredExport } from '../genesys/exports.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import type { Target } from '../genesys/target.ts';

export interface Webhook {
  /** Base URL at which the organisation reaches the events service. */
  readonly publicUrl: string;
  readonly signingSecret: string;
}

export interface Organisation {
  readonly target: Target;
  /** Creates the event export, or reuses and repairs the one of our name. */
  ensureExport(webhook: Webhook): Promise<EnsuredExport>;
  close(): void;
}

export interface OrganisationOptions {
  readonly now: () => number;
  readonly logger?: GenesysLogger;
  readonly signal?: () => AbortSignal | undefined;
}

const EXPORT_NAME = 'Assist Rollouts engagement';

export function openOrganisation(config: GenesysConfig, options: OrganisationOptions): Organisation {
  const client = createGenesysClient({ ...config, ...options, sleep: (ms) => sleep(ms) });
  return {
    target: createAgentAssistActionsTarget(client.actions),
    ensureExport: ({ publicUrl, signingSecret }) => client.exports.ensureExport({
      name: EXPORT_NAME,
      url: `${publicUrl.replace(/\/+$/, '')}/events`,
      signingSecret,
      eventTypes: KNOWN_EVENT_TYPES,
    }),
    close: () => client.close(),
  };
}
