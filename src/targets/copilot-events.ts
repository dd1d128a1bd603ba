/** The organisation exports no events of suggestions: a responder follows its notifications, and stores what it hears. */
import { liveResponders } from '../store/copilot-responders.ts';
import type { Database } from '../store/database.ts';
import { TargetError } from './target-error.ts';
import type { EventSource } from './target.ts';

const NONE = 'No responder process runs, so nobody hears what agents do with suggestions.';

export function copilotEvents(db: Database | null): EventSource {
  const isHeard = async (): Promise<boolean> => db === null || (await liveResponders(db, 0)).live > 0;
  return {
    async open() {
      if (await isHeard()) return;
      throw new TargetError('NoResponder', `${NONE} Start one with \`assist-rollouts responder\`.`);
    },
    trouble: async () => ((await isHeard()) ? null : { kind: 'missing', message: NONE }),
  };
}
