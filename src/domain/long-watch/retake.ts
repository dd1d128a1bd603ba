/** Takes the long watch's verdict again from its record: the same cards give the same report, to the last bit. */
import { isSame } from '../judge/retake.ts';
import { startLongWatch, watchCards } from './long-watch.ts';
import { longWatchReport } from './report.ts';
import type { LongWatchReport, OwnRecord, WatchedCard } from './types.ts';

export interface LongWatchRecord {
  readonly own: OwnRecord;
  /** Since the promotion, in order of arrival. */
  readonly cards: readonly WatchedCard[];
  /** What was said at the time. */
  readonly report: LongWatchReport;
}

export function retakeLongWatch({ own, cards, report }: LongWatchRecord): {
  readonly report: LongWatchReport;
  readonly agrees: boolean;
} {
  const retaken = longWatchReport(own, watchCards(own, startLongWatch(own), cards));
  return { report: retaken, agrees: isSame(retaken, report) };
}
