/** Small pieces that all pages are made of. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { secondText, splitAtInstants } from '../../domain/text/instant.ts';
import type { Audience } from '../../domain/split/audience.ts';
import { audienceText } from '../../domain/split/audience.ts';
import { excerpt } from '../../domain/text/printable.ts';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** UTC, and so labelled; the page's script shows it in the zone of whoever looks. */
export function timeOf(instant: string): Markup {
  return html`<time datetime="${instant}">${secondText(instant)} UTC</time>`;
}

/** As timeOf; the script adds how long that is yet. */
export function untilOf(instant: string): Markup {
  return html`<time datetime="${instant}" data-until>${secondText(instant)} UTC</time>`;
}

const MAX_TEXT_LENGTH = 500;

/** A reason or a failure: of others, and as long as they like. */
export function shownText(text: string): string {
  return excerpt(text, MAX_TEXT_LENGTH);
}

/** As shownText, with each instant in it as a time like all others of the page. */
export function proseOf(text: string): Markup {
  return html`${splitAtInstants(shownText(text)).map((part, at) => (at % 2 === 0 ? part : timeOf(part)))}`;
}

export function percentText(value: number | null, digits = 1): string {
  return value === null ? '–' : `${Number(value.toFixed(digits))} %`;
}

/** ` of Nights (pilot)`; nothing where the split is for everybody. */
export function ofWhom({ splitOf }: { readonly splitOf?: Audience }): string {
  return splitOf === undefined ? '' : ` of ${shownText(audienceText(splitOf))}`;
}

/** Of a rollout's page, or of what stands below it. */
export function pathOf(action: string, run?: string, below = ''): string {
  const query = run === undefined ? '' : `?run=${encodeURIComponent(run)}`;
  return `/rollouts/${encodeURIComponent(action)}${below}${query}`;
}
