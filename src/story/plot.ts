/** A picture with two axes, as SVG that needs no script: colours come from the page's style, words are text. */
import { scaleLinear } from 'd3-scale';
import type { ScaleLinear } from 'd3-scale';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly text: (value: number) => string;
}

export interface Plot {
  /** Says what is seen to whoever does not see it. */
  readonly alternative: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Lines across, each with its word at the right end. */
  readonly marks?: readonly { readonly at: number; readonly word: string; readonly style: string }[];
  readonly draw: (scales: Scales) => readonly Shape[];
}

export interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

export interface Shape {
  /** `d` of an SVG path; empty: nothing to draw. */
  readonly path: string;
  /** A class of the page's style. */
  readonly style: string;
}

const WIDTH = 460;
const HEIGHT = 230;
const EDGE = { left: 66, right: 72, top: 12, bottom: 42 };
const TICKS = 5;
/** Of words that would stand over each other. */
const LINE_HEIGHT = 12;

export function plot({ alternative, x, y, marks = [], draw }: Plot): Markup {
  const scales: Scales = {
    x: scaleLinear([x.from, x.to], [EDGE.left, WIDTH - EDGE.right]),
    y: scaleLinear([y.from, y.to], [HEIGHT - EDGE.bottom, EDGE.top]),
  };
  const [left, right, bottom] = [EDGE.left, WIDTH - EDGE.right, HEIGHT - EDGE.bottom];
  const words = apart(marks.map(({ at }) => scales.y(at)));
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${alternative}">
    ${scales.y
      .ticks(TICKS)
      .map(
        (tick) =>
          html`<path class="grid" d="M${left},${scales.y(tick)}H${right}" /><text
              class="tick end"
              x="${left - 6}"
              y="${scales.y(tick) + 4}"
              >${y.text(tick)}</text
            >`,
      )}
    ${scales.x
      .ticks(TICKS)
      .map((tick) => html`<text class="tick middle" x="${scales.x(tick)}" y="${bottom + 16}">${x.text(tick)}</text>`)}
    ${draw(scales)
      .filter(({ path }) => path !== '')
      .map(({ path, style }) => html`<path class="${style}" d="${raw(path)}" />`)}
    ${marks.map(
      ({ at, word, style }, index) =>
        html`<path class="${style}" d="M${left},${scales.y(at)}H${right}" /><text
            class="tick"
            x="${right + 6}"
            y="${(words[index] ?? 0) + 4}"
            >${word}</text
          >`,
    )}
    <text class="label middle" x="${(left + right) / 2}" y="${HEIGHT - 6}">${x.label}</text>
    <text class="label middle" transform="translate(12,${(EDGE.top + bottom) / 2}) rotate(-90)">${y.label}</text>
  </svg>`;
}

/** The places moved down as little as keeps a line between each two. */
function apart(places: readonly number[]): readonly number[] {
  const moved = [...places];
  let last = -Infinity;
  for (const index of places.map((_, at) => at).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))) {
    last = Math.max(places[index] ?? 0, last + LINE_HEIGHT);
    moved[index] = last;
  }
  return moved;
}
