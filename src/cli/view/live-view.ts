/** `triggers follow`, a line for what was said and one for each card. */
import type { LiveSurfacing } from '../../domain/trigger/live-surfacing.ts';
import type { Surfacing } from '../../domain/trigger/trigger-index.ts';
import type { LivePhrase } from '../../transcripts/live-parts.ts';

export function phraseLines(phrase: LivePhrase, { bucket, cards }: LiveSurfacing): string[] {
  const at = new Date(phrase.startMs).toISOString().slice(11, 19);
  const late = phrase.via === 'transcript' ? ' (later, from the transcript)' : '';
  return [
    `${at}  ${phrase.conversationId}  bucket ${bucket.toFixed(2)}  ${phrase.speaker}: ${phrase.text}${late}`,
    ...cards.map((card) => `          ${cardLine(card)}`),
  ];
}

function cardLine(card: Surfacing): string {
  const version = card.version === null ? '' : ` v${card.version}`;
  const who = `${card.action}${version}${card.arm === null ? '' : ` (${card.arm})`}`;
  return card.fires
    ? `→ ${who} surfaces on "${card.keyword}"`
    : `– ${who} does not surface (${card.why}): ${card.detail}`;
}
