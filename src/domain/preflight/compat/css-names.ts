/** How names in CSS stand in the compatibility data. */
import { featureAt } from './data.ts';
import type { BrowserVersions } from './versions.ts';

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^sv(w|h|i|b|min|max)$/, 'viewport_percentage_units_small'],
  [/^lv(w|h|i|b|min|max)$/, 'viewport_percentage_units_large'],
  [/^dv(w|h|i|b|min|max)$/, 'viewport_percentage_units_dynamic'],
  [/^cq(w|h|i|b|min|max)$/, 'container_query_length_units'],
];

export function cssUnit(unit: string): BrowserVersions | undefined {
  const group = UNITS.find(([pattern]) => pattern.test(unit))?.[1];
  return featureAt('css', 'types', 'length', group ?? unit);
}

/** Functions that are listed under the type of their result. */
const TYPES = ['color', 'gradient', 'image', 'basic-shape', 'filter-function', 'transform-function'];
const OTHER_PATHS: Readonly<Record<string, readonly string[]>> = {
  linear: ['css', 'types', 'easing-function', 'linear-function'],
};

export function cssFunction(name: string): {
  readonly first: BrowserVersions | undefined;
  readonly path: readonly string[];
} {
  if (name.startsWith('--'))
    return { first: featureAt('css', 'types', 'dashed-function'), path: ['css', 'types', 'dashed-function'] };
  const paths = [
    OTHER_PATHS[name] ?? [],
    ...TYPES.map((type) => ['css', 'types', type, name]),
    ...(TYPES.includes(name) ? [] : [['css', 'types', name]]),
  ];
  for (const path of paths) {
    const first = featureAt(...path);
    if (first !== undefined) return { first, path };
  }
  return { first: undefined, path: ['css', 'types', 'color', name] };
}

/** At-rules that a card is as useful without: how it prints, moves, and picks among the forms of a font. */
export function isOrnamentRule(name: string): boolean {
  return /^(page|view-transition|counter-style|font-.*|starting-style|color-profile)$/.test(name);
}

/** Properties whose values are names that the author chose. */
export function takesOwnNames(property: string): boolean {
  return (
    /^(animation(-name|-timeline)?|grid(-area|-row|-column)?(-start|-end)?|grid-template-areas|font(-family)?|container(-name)?|counter-.*|view-transition-(name|class)|anchor-(name|scope)|position-anchor|transition(-property)?|will-change|list-style(-type)?|quotes|content|page|(scroll|view)-timeline(-name)?|timeline-scope)$/.test(
      property,
    ) || property.startsWith('--')
  );
}

/** Properties that a card is as useful without: how it scrolls, prints, hyphenates or moves. */
export function isOrnament(property: string): boolean {
  return /^(outline.*|user-select|accent-color|color-scheme|caret.*|scroll.*|overscroll.*|text-wrap.*|text-size-adjust|text-justify|text-rendering|text-decoration-.*|text-underline-.*|text-emphasis.*|hyphen.*|font-(synthesis|variant|feature|optical|kerning|palette|size-adjust).*|will-change|appearance|print-color-adjust|forced-color-adjust|orphans|widows|page.*|break-.*|tab-size|contain|contain-intrinsic.*|content-visibility|transition.*|animation.*|view-transition.*|backface-visibility|box-decoration-break|hanging-punctuation|interpolate-size|image-rendering|overflow-anchor|touch-action|color-adjust|color-rendering|buffered-rendering|ime-mode|user-modify|math-.*|ruby-.*|paint-order|speak.*|zoom)$/.test(
    property,
  );
}
