/** Do utterances that should surface a card surface none? What was counted lately, and what is so now, says it. */
import { rateText } from '../../domain/metrics/format.ts';
import type { LiveState } from '../../transcripts/live-parts.ts';
import type { FeedCounts } from './counts.ts';

/** What became of utterances whose card had somebody to see it, since the process started. */
export type Fates = Readonly<Record<(typeof FATES)[number], number>>;

export const FATES = ['card', 'withheld', 'fenced', 'tooLate', 'missed'] as const;

export function fatesOf({ cards, withheld, fenced, tooLate, missed }: FeedCounts): Fates {
  const missing = Object.values(missed).reduce((sum, n) => sum + n, 0);
  return { card: cards, withheld, fenced, tooLate, missed: missing };
}

export interface LossLooks {
  /** The oldest first, the newest last, over the time that is judged. */
  readonly fates: readonly Fates[];
  readonly live: Pick<LiveState, 'channels' | 'isOpen' | 'unheard'>;
  /** Since when not all channels are open, in ms; null: they are. */
  readonly closedMs: number | null;
  readonly hasQueues: boolean;
}

/** Of what should surface; a few are lost whenever conversations begin faster than their topics are asked for. */
const MUCH = 0.2;
const MIN_LOST = 10;
/** A socket that is opened again is no trouble. */
const CLOSED_MS = 30_000;

/** One sentence; null: none. */
export function troubleOf({ fates, live, closedMs, hasQueues }: LossLooks): string | null {
  const said = [
    ...(hasQueues && closedMs !== null && closedMs >= CLOSED_MS ? [closedSentence(closedMs)] : []),
    ...(live.unheard > 0 ? [unheardSentence(live)] : []),
    ...lossSentences(fates),
  ];
  return said.length === 0 ? null : said.join('; ');
}

function closedSentence(ms: number): string {
  return `not all of its notification channels have been open for ${Math.round(ms / 1000)} s`;
}

function unheardSentence({ unheard, channels }: LossLooks['live']): string {
  return (
    `${unheard} conversation${unheard === 1 ? ' runs and is' : 's run and are'} not heard, for its ${channels} ` +
    `channel${channels === 1 ? ' has' : 's have'} no room for more`
  );
}

const WHY = {
  fenced: 'for it had no lease',
  tooLate: 'for the store was away',
  missed: 'for they were only read in a transcript afterwards',
} as const;

function lossSentences(fates: readonly Fates[]): string[] {
  const [from, to] = [fates[0], fates.at(-1)];
  if (from === undefined || to === undefined) return [];
  const since = (fate: keyof Fates): number => to[fate] - from[fate];
  const causes = (Object.keys(WHY) as (keyof typeof WHY)[]).filter((cause) => since(cause) > 0);
  const lost = causes.reduce((sum, cause) => sum + since(cause), 0);
  const all = lost + since('card') + since('withheld');
  if (lost < MIN_LOST || lost < MUCH * all) return [];
  const why = causes.map((cause) => `${since(cause)} ${WHY[cause]}`).join(', ');
  return [`${lost} of ${all} utterances that should surface a card lately did not (${rateText(lost / all)}): ${why}`];
}
