/** The event export of ours: by it the organisation pushes what becomes of cards to the events service. */
import { CARD_EVENT_TYPES } from '../domain/events/event.ts';
import { isAsWanted } from '../genesys/exports.ts';
import type { EnsuredExport, EventExports } from '../genesys/exports.ts';
import type { ExportDocument } from '../genesys/wire.ts';
import type { EventSource, EventTrouble, Webhook } from './target.ts';

export interface EventExport extends EventSource {
  /** Creates the export, or reuses and repairs the one of our name. */
  open(webhook: Webhook): Promise<EnsuredExport>;
  /** Null when there is none. With the URL of the events service it is also said whether it is as it must be. */
  show(publicUrl: string | null): Promise<ShownExport | null>;
  /** False when there was none. No event comes in any more: do not remove it while a rollout runs. */
  remove(): Promise<boolean>;
}

export interface ShownExport {
  readonly document: ExportDocument;
  /** Null when it cannot be told without the URL. */
  readonly asWanted: boolean | null;
}

const NAME = 'Assist Rollouts engagement';

export function createEventExport(exports: EventExports): EventExport {
  return {
    open: ({ publicUrl, signingSecret }) => exports.ensureExport({ ...wantedAt(publicUrl), signingSecret }),
    async show(publicUrl) {
      const document = await exports.show(NAME);
      return document && { document, asWanted: publicUrl === null ? null : isAsWanted(document, wantedAt(publicUrl)) };
    },
    trouble: async (publicUrl) => troubleOf(await exports.show(NAME), publicUrl),
    async remove() {
      const found = await exports.show(NAME);
      if (found !== null) await exports.remove(found.id);
      return found !== null;
    },
  };
}

function troubleOf(document: ExportDocument | null, publicUrl: string): EventTrouble | null {
  if (document === null) {
    const message = `The export "${NAME}", which brings the events, is not in the organisation any more.`;
    return { kind: 'missing', message };
  }
  const wanted = wantedAt(publicUrl);
  if (isAsWanted(document, wanted)) return null;
  const message =
    `The export "${NAME}" (${document.id}), which brings the events, was changed: it does not bring them all to ` +
    `${wanted.url}.`;
  return { kind: 'changed', message };
}

function wantedAt(publicUrl: string) {
  return { name: NAME, url: `${publicUrl.replace(/\/+$/, '')}/events`, eventTypes: CARD_EVENT_TYPES };
}
