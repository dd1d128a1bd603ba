/** What a condition of `@supports` keeps away from the browsers that do not meet it, by the compatibility data. */
import type { CssNode, Declaration, Raw } from 'css-tree';
import { featureAt, NOBODY } from './data.ts';
import type { BrowserVersions } from './versions.ts';
import { BROWSERS, isEarlier } from './versions.ts';

/** First versions that meet a condition; undefined when all do. `-` for a browser that never does. */
export type Guard = BrowserVersions | undefined;

/** What one part of a condition asks for: the features that a declaration or a selector uses. */
export type FeaturesOf = (node: CssNode) => readonly BrowserVersions[];

/** Reads the prelude of `@supports`. */
export function guardOf(prelude: CssNode | null, featuresOf: FeaturesOf): Guard {
  return prelude === null ? undefined : every(childrenOf(prelude).map((part) => ofPart(part, featuresOf)));
}

/** Both hold: only browsers that meet both read what is within. */
function both(a: Guard, b: Guard): Guard {
  if (a === undefined || b === undefined) return a ?? b;
  return combined(a, b, (left, right) => (left === '-' || right === '-' ? '-' : isEarlier(left, right) ? right : left));
}

/** The feature as far as the guard lets browsers come near it that lack it; undefined when it keeps them all away. */
export function beyond(feature: BrowserVersions, guard: Guard): BrowserVersions | undefined {
  if (guard === undefined) return feature;
  const left = combined(feature, guard, (own, met) =>
    met === '-' || (own !== '-' && !isEarlier(met, own)) ? '0' : own,
  );
  return BROWSERS.some((browser) => left[browser] !== '0') ? left : undefined;
}

/** `selector()` and its like, by their names; what is not known there is asked of nobody else. */
export function functionsIn(prelude: CssNode | null): { readonly name: string; readonly node: CssNode }[] {
  if (prelude === null) return [];
  return childrenOf(prelude).flatMap((part) => {
    const name = functionName(part);
    return name === undefined ? functionsIn(part) : [{ name, node: part }];
  });
}

function ofPart(part: CssNode, featuresOf: FeaturesOf): Guard {
  const node = part as Part;
  if (node.type === 'Condition') return ofCondition(childrenOf(part), featuresOf);
  if (node.type === 'SupportsDeclaration' && node.declaration !== undefined)
    return ofDeclaration(node.declaration, featuresOf);
  const name = functionName(part);
  if (name === undefined) return undefined;
  const own = featureAt('css', 'at-rules', 'supports', name);
  if (name === 'selector' && node.value !== undefined && typeof node.value === 'object')
    return every([own, ...featuresOf(node.value)]);
  if (name !== 'at-rule') return own ?? NOBODY;
  const [, rule = ''] = /@([\w-]+)/.exec(textsIn(part)) ?? [];
  return both(own ?? NOBODY, featureAt('css', 'at-rules', rule.toLowerCase()));
}

/** `not a`, `a and b`, `a or b`: the grammar forbids to mix them. */
function ofCondition(parts: readonly CssNode[], featuresOf: FeaturesOf): Guard {
  const words = parts.flatMap((part) => (part.type === 'Identifier' ? [part.name.toLowerCase()] : []));
  if (words.includes('not')) return undefined;
  const guards = parts.filter(({ type }) => type !== 'Identifier').map((part) => ofPart(part, featuresOf));
  return words.includes('or') ? any(guards) : every(guards);
}

/** Of what has a prefix, or is no declaration, nothing is known, so nothing is said of what it guards. */
function ofDeclaration(declaration: Declaration | Raw, featuresOf: FeaturesOf): Guard {
  return declaration.type !== 'Declaration' || /^-(?!-)/.test(declaration.property)
    ? NOBODY
    : every(featuresOf(declaration));
}

function every(guards: readonly Guard[]): Guard {
  return guards.reduce(both, undefined);
}

function any(guards: readonly Guard[]): Guard {
  return guards.reduce((a, b) =>
    a === undefined || b === undefined
      ? undefined
      : combined(a, b, (left, right) =>
          left === '-' ? right : right === '-' || isEarlier(left, right) ? left : right,
        ),
  );
}

function combined(
  a: BrowserVersions,
  b: BrowserVersions,
  choose: (left: string, right: string) => string,
): BrowserVersions {
  return Object.fromEntries(
    BROWSERS.map((browser) => [browser, choose(a[browser], b[browser])]),
  ) as unknown as BrowserVersions;
}

/** The types of css-tree do not know its newer nodes. */
interface Part {
  readonly type: string;
  readonly declaration?: Declaration | Raw;
  readonly feature?: string;
  readonly function?: string;
  readonly value?: CssNode | string;
}

function functionName(part: CssNode): string | undefined {
  const { type, feature, function: name } = part as Part;
  const own = type === 'FeatureFunction' ? feature : type === 'GeneralEnclosed' ? name : undefined;
  return own == null || own === '' ? undefined : own.toLowerCase();
}

function childrenOf(node: CssNode): CssNode[] {
  return 'children' in node && node.children !== null
    ? node.children.toArray().filter((child) => typeof child === 'object')
    : [];
}

function textsIn(node: CssNode): string {
  return childrenOf(node)
    .map((child) => ('value' in child && typeof child.value === 'string' ? child.value : ''))
    .join(' ');
}
