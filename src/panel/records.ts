/** What is kept of open pages, and of what they tell, in the store. */
import type { Database } from '../store/database.ts';
import { storePageEvents } from '../store/panel/page-events.ts';
import type { PageResult } from '../store/panel/page-events.ts';
import { closeSession, openSession, setVisibility } from '../store/panel/sessions.ts';
import { keepCardTraces } from '../store/trace-links.ts';
import type { PageRecords } from './app.ts';
import { PanelRefusal } from './problem.ts';

export function createPageRecords(db: Database, instanceId: string): PageRecords {
  /** Of pages that come again meanwhile: their new row would go with the old one. */
  const closing = new Map<string, Promise<void>>();
  return {
    async opened({ conversationId, userId }, { pageId, state }) {
      await closing.get(pageId)?.catch(() => undefined);
      await orUnavailable(openSession(db, { id: pageId, conversationId, userId, instanceId, state }));
    },
    async closed(pageId) {
      const gone = closeSession(db, { id: pageId, instanceId });
      closing.set(pageId, gone);
      await gone.finally(() => closing.get(pageId) === gone && closing.delete(pageId));
    },
    async tell({ conversationId, userId }, { pageId, state, cards }) {
      if (state !== null) await orUnavailable(setVisibility(db, { id: pageId, conversationId, userId, state }));
      if (cards.length === 0) return { stored: 0, duplicates: 0 };
      await keepCardTraces(db, [{ events: cards }]);
      const [result] = await orUnavailable(storePageEvents(db, [{ conversationId, userId, events: cards }]));
      return taken(
        result ?? { stored: 0, duplicates: 0, refused: { unknownCard: 0, foreignCard: 0, otherContent: 0 } },
      );
    },
  };
}

function taken({ stored, duplicates, refused }: PageResult): Pick<PageResult, 'stored' | 'duplicates'> {
  if (refused.otherContent > 0) throw new PanelRefusal('panel-painted-otherwise');
  if (refused.foreignCard + refused.unknownCard > 0) throw new PanelRefusal('panel-foreign-card');
  return { stored, duplicates };
}

async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new PanelRefusal('panel-store-unavailable', undefined, { cause });
  }
}
