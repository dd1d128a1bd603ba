/** The organisation's side, opened from a configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { CARD_EVENT_TYPES } from '../domain/events/event.ts';
import { createGenesysClient } from '../genesys/client.ts';
import { isAsWanted } from '../genesys/exports.ts';
import type { EnsuredExport } from '../genesys/exports.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import { openTargets } from '../targets/index.ts';
import type { Targets } from '../targets/index.ts';
import type { ExportDocument } from '../genesys/wire.ts';

export interface Webhook {
  /** Base URL at which the organisation reaches the events service. */
  readonly publicUrl: string;
  readonly signingSecret: string;
}

export interface Organisation {
  readonly targets: Targets;
  /** Creates the event export, or reuses and repairs the one of our name. */
  ensureExport(webhook: Webhook): Promise<EnsuredExport>;
  /**
   * Null when there is none. With the URL of the events service it is also said whether the export is as it must be.
   */
  showExport(publicUrl: string | null): Promise<ShownExport | null>;
  /** Why no events can come through the export; null while it is as it must be. */
  exportTrouble(publicUrl: string): Promise<string | null>;
  /** False when there was none. No event comes in any more: do not remove it while a rollout runs. */
  removeExport(): Promise<boolean>;
  close(): void;
}

export interface ShownExport {
  readonly document: ExportDocument;
  /** Null when it cannot be told without the URL. */
  readonly asWanted: boolean | null;
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
    targets: openTargets({ client }),
    ensureExport: ({ publicUrl, signingSecret }) =>
      client.exports.ensureExport({ ...wantedExport(publicUrl), signingSecret }),
    async showExport(publicUrl) {
      const document = await client.exports.show(EXPORT_NAME);
      return (
        document && { document, asWanted: publicUrl === null ? null : isAsWanted(document, wantedExport(publicUrl)) }
      );
    },
    async exportTrouble(publicUrl) {
      const document = await client.exports.show(EXPORT_NAME);
      if (document === null)
        return `The export "${EXPORT_NAME}", which brings the events, is not in the organisation any more.`;
      return isAsWanted(document, wantedExport(publicUrl))
        ? null
        : `The export "${EXPORT_NAME}" (${document.id}), which brings the events, was changed: it does not bring ` +
            `them all to ${wantedExport(publicUrl).url}.`;
    },
    async removeExport() {
      const found = await client.exports.show(EXPORT_NAME);
      if (found !== null) await client.exports.remove(found.id);
      return found !== null;
    },
    close: () => client.close(),
  };
}

function wantedExport(publicUrl: string) {
  return { name: EXPORT_NAME, url: `${publicUrl.replace(/\/+$/, '')}/events`, eventTypes: CARD_EVENT_TYPES };
}
