/** A look of the judge as it is measured and traced; what it says against a candidate leads back to the event that tipped it. */
import { versionsOf } from '../domain/rollout/deployment.ts';
import type { Database } from '../store/database.ts';
import { keepVerdictTrace, traceOfCards } from '../store/trace-links.ts';
import { observe } from '../telemetry/measure.ts';
import { linkTo, traced } from '../telemetry/spans.ts';
import type { WatchInput, WatchResult } from './types.ts';

interface Looked {
  readonly cursor: number;
  readonly result: WatchResult | null;
}

/** `cursor`: behind the last card that was judged before. A watch goes on for days, so each look is a trace of its own. */
export async function observedLook<T extends Looked>(
  db: Database,
  { rolloutId, deployment }: Pick<WatchInput, 'rolloutId' | 'deployment'>,
  cursor: number,
  look: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const looked = await traced('judge look', { apart: true }, async (span) => {
    const answer = await look();
    const kind = answer.result?.kind;
    if (span !== null && (kind === 'harm' || kind === 'spent')) {
      const actionIds = versionsOf(deployment).map(({ id }) => id);
      const tippedBy = await traceOfCards(db, { actionIds, after: cursor, upTo: answer.cursor });
      linkTo(span, tippedBy, 'tipped by');
      span.setAttribute('assist_rollouts.verdict', kind);
      await keepVerdictTrace(db, rolloutId);
    }
    return answer;
  });
  observe('assist_rollouts_look_duration_seconds', (performance.now() - startedAt) / 1000);
  return looked;
}
