/** How names in CSS stand in the compatibility data. */
import { lexer } from 'css-tree';
import { words } from '../words.ts';
import { featureAt, NOBODY } from './data.ts';
import type { BrowserVersions } from './versions.ts';

/** The types do not tell all that the lexer knows. */
const SYNTAX = lexer as unknown as {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly types: Readonly<Record<string, unknown>>;
  readonly atrules: Readonly<Record<string, { readonly descriptors: Readonly<Record<string, unknown>> | null }>>;
};

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
const OTHER_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ['linear', ['css', 'types', 'easing-function', 'linear-function']],
]);

export function cssFunction(name: string): {
  readonly first: BrowserVersions | undefined;
  readonly path: readonly string[];
} {
  if (name.startsWith('--'))
    return { first: featureAt('css', 'types', 'dashed-function'), path: ['css', 'types', 'dashed-function'] };
  const paths = [
    OTHER_PATHS.get(name) ?? [],
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
  return OF_OWN_NAMES.has(property) || /^(?:--|counter-)/.test(property);
}

const OF_OWN_NAMES = words(`
  anchor-name anchor-scope animation animation-name animation-timeline container container-name content font font-family
  grid grid-area grid-column grid-column-end grid-column-start grid-row grid-row-end grid-row-start grid-template-areas
  list-style list-style-type page position-anchor quotes scroll-timeline scroll-timeline-name timeline-scope transition
  transition-property view-timeline view-timeline-name view-transition-class view-transition-name will-change`);

/** Properties that a card is as useful without: how it scrolls, prints, hyphenates or moves. */
export function isOrnament(property: string): boolean {
  return ORNAMENTS.has(property) || OF_ORNAMENTS.test(property);
}

const ORNAMENTS = words(`
  accent-color appearance backface-visibility box-decoration-break buffered-rendering color-adjust color-rendering
  color-scheme contain content-visibility forced-color-adjust
  hanging-punctuation image-rendering ime-mode interpolate-size orphans overflow-anchor paint-order print-color-adjust
  tab-size text-justify text-rendering text-size-adjust touch-action user-modify user-select widows will-change zoom`);
const OF_ORNAMENTS = new RegExp(
  '^(?:animation|break-|caret|contain-intrinsic|font-(?:feature|kerning|optical|palette|size-adjust|synthesis)|' +
    'font-variant|hyphen|math-|outline|overscroll|page|ruby-|scroll|speak|text-(?:decoration-|emphasis|underline-)|' +
    'text-wrap|transition|view-transition)',
);

/**
 * First versions of a property, of NOBODY where it is none. Prefixes, and what a word processor writes for itself, are
 * passed over.
 */
export function cssProperty(name: string): BrowserVersions | undefined {
  const first = featureAt('css', 'properties', name);
  const isKnown = first !== undefined || /^(?:-|mso-)/.test(name) || PROPERTIES.has(name) || OTHER_PROPERTIES.has(name);
  return isKnown ? first : NOBODY;
}

/** The same of an at-rule. */
export function cssAtRule(name: string): BrowserVersions | undefined {
  const first = featureAt('css', 'at-rules', name);
  return first !== undefined || name.startsWith('-') || AT_RULES.has(name) || OTHER_AT_RULES.has(name) ? first : NOBODY;
}

/** Is it a function of CSS, or one's own? */
export function isCssFunction(name: string): boolean {
  return name.startsWith('-') || FUNCTIONS.has(name) || OTHER_FUNCTIONS.has(name);
}

const FUNCTIONS: ReadonlySet<string> = new Set(
  Object.keys(SYNTAX.types).flatMap((type) => (type.endsWith('()') ? type.slice(0, -2).toLowerCase() : [])),
);
const OTHER_FUNCTIONS = words(`
  alpha contrast-color filter format if local media param progress random random-item shape sibling-count
  sibling-index src style supports tech type url`);

/** With the descriptors of at-rules, such as `src` of `@font-face`. */
const PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.keys(SYNTAX.properties),
  ...Object.values(SYNTAX.atrules).flatMap(({ descriptors }) => Object.keys(descriptors ?? {})),
]);
const AT_RULES: ReadonlySet<string> = new Set(Object.keys(SYNTAX.atrules));
/** What the syntax data of css-tree lacks, and what Word writes. */
const OTHER_PROPERTIES = words(`
  alt buffered-rendering color-adjust color-interpolation color-rendering ime-mode layout-grid layout-grid-mode
  link-parameters panose-1 punctuation-wrap result size tab-interval text-kashida text-underline user-modify`);
const OTHER_AT_RULES = words('apply contents custom-media custom-selector function list mixin viewport');
