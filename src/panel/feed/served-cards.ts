/** What serves now, and the triggers of which versions an utterance fires. Versions never change, so each is read once. */
import { maySurface } from '../../domain/split/turn.ts';
import { createTriggerIndex } from '../../domain/trigger/trigger-index.ts';
import type { TriggerIndex } from '../../domain/trigger/trigger-index.ts';
import type { Database } from '../../store/database.ts';
import { readSplits } from '../../store/panel/splits.ts';
import type { PanelSplit } from '../../store/panel/splits.ts';
import { readVersions } from '../../store/panel/versions.ts';
import type { PanelVersion } from '../../store/panel/versions.ts';
import type { LivePhrase } from '../../transcripts/live-parts.ts';

/** The trigger of which versions fired, by action: all that is kept of what was said. */
export type Fired = ReadonlyMap<string, ReadonlySet<string>>;

export interface ServedCards {
  readonly epoch: number;
  /** In whose conversations a card can surface. */
  readonly queues: readonly string[];
  fired(phrase: LivePhrase): Fired;
}

/** Reads anew what serves; versions that were read before are not read again. */
export function createCardSource(db: Database): () => Promise<ServedCards> {
  const known = new Map<string, PanelVersion>();
  return async () => {
    const { epoch, splits } = await readSplits(db);
    const ids = new Set(splits.flatMap(({ arms }) => arms.map(({ versionId }) => versionId)));
    const missing = [...ids].filter((id) => !known.has(id));
    if (missing.length > 0) for (const version of await readVersions(db, missing)) known.set(version.id, version);
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    return serve(epoch, splits, known);
  };
}

function serve(epoch: number, splits: readonly PanelSplit[], known: ReadonlyMap<string, PanelVersion>): ServedCards {
  const live = splits.filter(({ arms }) => arms.some(maySurface));
  const index = indexOf(live, new Map(known));
  return {
    epoch,
    queues: [...new Set(live.flatMap(({ queues }) => queues))].toSorted(),
    fired: (phrase) => firedBy(index, phrase),
  };
}

/** Each version by itself and for everybody: who serves whom is asked after. */
interface Index {
  readonly triggers: TriggerIndex;
  readonly actionOf: ReadonlyMap<string, string>;
}

function indexOf(splits: readonly PanelSplit[], known: ReadonlyMap<string, PanelVersion>): Index {
  const actionOf = new Map<string, string>();
  const versions = splits.flatMap(({ action, arms }) =>
    arms.flatMap(({ enabled, versionId }) => {
      const version = known.get(versionId);
      if (!enabled || version === undefined) return [];
      actionOf.set(versionId, action);
      const everybody = { enabled: true, group: 'control' as const, splitPercent: 100 };
      return [{ action: versionId, version: version.version, trigger: version.content.trigger, ...everybody }];
    }),
  );
  return { triggers: createTriggerIndex(versions), actionOf };
}

/** Skills that nobody told are no skills: a card that asks for one does not surface. */
function firedBy({ triggers, actionOf }: Index, phrase: LivePhrase): Fired {
  const { conversationId, text, confidence, queueId, skillIds } = phrase;
  const fired = new Map<string, Set<string>>();
  const utterance = { conversationId, text, confidence, queueId, isFinal: true, skillIds: skillIds ?? [] };
  for (const { action: versionId } of triggers.surface(utterance)) {
    const action = actionOf.get(versionId) ?? '';
    fired.set(action, (fired.get(action) ?? new Set()).add(versionId));
  }
  return fired;
}
