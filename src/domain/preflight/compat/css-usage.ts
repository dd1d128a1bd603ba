import type { Atrule, CssNode, Declaration, Raw } from 'css-tree';
import { generate, ident, tokenize, tokenTypes, walk } from 'css-tree';
import type { HtmlAttribute, HtmlElement, Place } from '../html.ts';
import { attributeOf } from '../html.ts';
import type { CssContext } from '../parse-css.ts';
import { parseCss } from '../parse-css.ts';
import {
  cssAtRule,
  cssFunction,
  cssProperty,
  cssUnit,
  isCssFunction,
  isOrnament,
  isOrnamentRule,
  takesOwnNames,
} from './css-names.ts';
import { featureAt, NOBODY } from './data.ts';
import { beyond, functionsIn, guardOf } from './supports.ts';
import type { Usage } from './usage.ts';
import type { BrowserVersions } from './versions.ts';
import { BROWSERS, isEarlier } from './versions.ts';

type Found = (feature: string, first: BrowserVersions | undefined, node: CssNode, optional?: boolean) => void;

/**
 * Properties, values, at-rules and selectors of the elements' own styles, as far as browsers differ in them. For all
 * elements of one card: many carry the same style, which is read once.
 */
export class CssUsages {
  private readonly inAttributes = new Map<string, readonly Usage[]>();

  of(element: HtmlElement): Usage[] {
    const style = attributeOf(element, 'style');
    return [
      ...(element.tag === 'style' ? usagesIn(element.text, 'stylesheet', element.textAt) : []),
      ...(style === undefined ? [] : this.ofAttribute(style)),
    ];
  }

  /** The text may be encoded, so the attribute's place stands for all of it. */
  private ofAttribute({ value, at }: HtmlAttribute): Usage[] {
    const usages = this.inAttributes.get(value) ?? usagesIn(value, 'declarationList', at);
    this.inAttributes.set(value, usages);
    return usages.map((usage) => ({ ...usage, at }));
  }
}

function usagesIn(css: string, context: CssContext, start: Place): Usage[] {
  if (!/[:@{]/.test(css)) return []; // neither a declaration nor a rule
  const usages: Usage[] = [];
  const found: Found = (feature, first, node, optional = false) => {
    const at = node.loc ? { line: node.loc.start.line, column: node.loc.start.column } : start;
    if (first !== undefined) usages.push({ kind: 'css', feature, first, at, optional });
  };
  collect(parseCss(css, context, { positions: true, line: start.line, column: start.column }), found);
  return usages;
}

interface Around {
  /** What stands there stands in a rule. */
  readonly inRule: boolean;
}

function collect(root: CssNode, found: Found, { inRule }: Around = { inRule: false }): void {
  const blocks = new Map<CssNode, Surroundings>();
  walk(root, function visit(node) {
    if (node.type === 'Atrule') {
      const isInRule = inRule || this.rule !== null;
      const own = ofAtRule(node, found, { inRule: isInRule });
      if (own !== null && node.block !== null) collect(node.block, own, { inRule: isInRule });
      if (own !== null) return walk.skip;
    }
    if (node.type === 'PseudoClassSelector' || node.type === 'PseudoElementSelector') ofPseudo(node, found);
    if (node.type === 'NestingSelector' || (node.type === 'Rule' && (inRule || this.rule !== null)))
      found('CSS nesting', featureAt('css', 'selectors', 'nesting'), node);
    if (isFeature(node)) ofMediaFeature(node, found);
    if (node.type === 'Declaration') {
      const block = this.block ?? root;
      const around = blocks.get(block) ?? surroundingsIn(block);
      blocks.set(block, around);
      ofDeclaration(node, around, found);
    }
    return undefined;
  });
}

/** Tells of the rule itself, and how to tell of what is in its block where that is read otherwise than the rest. */
function ofAtRule(node: Atrule, found: Found, around: Around): Found | null {
  const name = node.name.toLowerCase();
  if (name === 'supports') return ofSupports(node, found, around);
  const isPrint =
    name === 'page' ||
    (name === 'media' &&
      node.prelude !== null &&
      generate(node.prelude)
        .split(',')
        .every((query) => /^(only )?print\b/i.test(query.trim())));
  const first = cssAtRule(name);
  found(`@${node.name}`, first, node, first === NOBODY || isOrnamentRule(name));
  if (node.prelude !== null && name === 'import') walk(node.prelude, (part) => ofPrelude(part, name, found));
  return isPrint || name === 'font-face' ? (feature, first, at) => found(feature, first, at, true) : null;
}

function ofPrelude(part: CssNode, rule: string, found: Found): void {
  const name =
    part.type === 'Function' ? part.name : (part as { readonly type: string }).type === 'Layer' ? 'layer' : undefined;
  if (name !== undefined) found(`${name}() in @${rule}`, featureAt('css', 'at-rules', rule, name.toLowerCase()), part);
}

/** Its block is for those who meet the condition; one who does not know how it is asked goes without. */
function ofSupports(node: Atrule, found: Found, around: Around): Found {
  found('@supports', featureAt('css', 'at-rules', 'supports'), node, true);
  for (const { name, node: at } of functionsIn(node.prelude))
    found(`${name}() in @supports`, featureAt('css', 'at-rules', 'supports', name), at, true);
  const guard = guardOf(node.prelude, (part) => featuresOf(part, around));
  return (feature, first, at, optional) =>
    found(feature, first === undefined ? undefined : beyond(first, guard), at, optional);
}

function featuresOf(part: CssNode, around: Around): BrowserVersions[] {
  const features: BrowserVersions[] = [];
  collect(part, (_feature, first) => void (first !== undefined && features.push(first)), around);
  return features;
}

function ofPseudo(node: CssNode & { readonly name: string }, found: Found): void {
  const name = node.name.toLowerCase();
  if (name.startsWith('-')) return;
  const isClass = node.type === 'PseudoClassSelector';
  const withArguments = 'children' in node && node.children !== null;
  found(`${isClass ? ':' : '::'}${name}${withArguments ? '()' : ''}`, featureAt('css', 'selectors', name), node);
  if (name === 'not' && manySelectors(node))
    found(':not() of a list', featureAt('css', 'selectors', 'not', 'selector_list'), node);
  if (/^nth-(last-)?child$/.test(name) && hasOf(node))
    found(`:${name}(… of …)`, featureAt('css', 'selectors', name, 'of_syntax'), node);
}

function manySelectors(node: CssNode): boolean {
  const list = 'children' in node && node.children !== null ? node.children.toArray()[0] : undefined;
  return typeof list === 'object' && list.type === 'SelectorList' && list.children.size > 1;
}

function hasOf(node: CssNode): boolean {
  const nth = 'children' in node && node.children !== null ? node.children.toArray()[0] : undefined;
  return typeof nth === 'object' && nth.type === 'Nth' && nth.selector !== null;
}

/** The types of css-tree do not know its newer nodes. */
function isFeature(node: {
  readonly type: string;
}): node is { readonly type: 'Feature' | 'FeatureRange'; readonly kind?: string; readonly name?: string } {
  return node.type === 'Feature' || node.type === 'FeatureRange' || node.type === 'MediaFeature';
}

function ofMediaFeature(
  node: { readonly type: string; readonly kind?: string; readonly name?: string },
  found: Found,
): void {
  if (node.kind !== 'media') return;
  const at = node as unknown as CssNode;
  if (node.type === 'FeatureRange')
    found('ranges in @media', featureAt('css', 'at-rules', 'media', 'range_syntax'), at);
  else if (node.name !== undefined)
    found(`@media (${node.name})`, featureAt('css', 'at-rules', 'media', node.name), at, true);
}

function ofDeclaration(node: Declaration, around: Surroundings, found: Found): void {
  const property = node.property.toLowerCase();
  if (node.value.type === 'Raw') ofRaw(node.value, found, around.withFallback.has(node));
  if (property.startsWith('-')) return;
  const at = cssProperty(property);
  if (at === NOBODY) return found(property, at, node, true);
  const optional = isOrnament(property) || around.withFallback.has(node);
  found(property, at, node, optional);
  if (at === undefined && /^((row|column)-)?gap$/.test(property) && around.isFlex) {
    found(`${property} in a flex container`, featureAt('css', 'properties', property, 'flex_context'), node, optional);
  }
  const later: Found = (feature, first, ...rest) => {
    if (at === undefined || (first !== undefined && isLaterAnywhere(first, at))) found(feature, first, ...rest);
  };
  walk(node.value, (part) => ofValue(part, property, later, optional));
}

/** What came with its property goes without saying. */
function isLaterAnywhere(value: BrowserVersions, property: BrowserVersions): boolean {
  return BROWSERS.some(
    (browser) => property[browser] !== '-' && (value[browser] === '-' || isEarlier(property[browser], value[browser])),
  );
}

function ofValue(part: CssNode, property: string, found: Found, optional: boolean): void {
  if (part.type === 'Dimension') found(`the unit ${part.unit}`, cssUnit(part.unit.toLowerCase()), part, optional);
  if (part.type === 'Function') ofFunction(part.name.toLowerCase(), property, part, found, optional);
  if (part.type !== 'Identifier' || takesOwnNames(property)) return;
  const name = part.name.toLowerCase();
  found(
    `${property}: ${name}`,
    featureAt('css', 'properties', property, name) ?? featureAt('css', 'types', 'global_keywords', name),
    part,
    optional,
  );
}

/**
 * A value that the parser leaves as it is: of a custom property, or newer than the parser. Its functions and units are
 * its own.
 */
function ofRaw(node: Raw, found: Found, optional: boolean): void {
  if (!/[(\d]/.test(node.value)) return;
  tokenize(node.value, (type, start, end) => {
    const text = node.value.slice(start, end);
    if (type === tokenTypes.Function) {
      const name = ident.decode(text.slice(0, -1)).toLowerCase();
      found(labelOf(name), cssFunction(name).first, node, optional);
    }
    const unit = type === tokenTypes.Dimension ? /[a-z]+$/i.exec(text)?.[0].toLowerCase() : undefined;
    if (unit !== undefined) found(`the unit ${unit}`, cssUnit(unit), node, optional);
  });
}

function labelOf(name: string): string {
  return name.startsWith('--') ? `functions of one's own (${name}())` : `${name}()`;
}

function ofFunction(name: string, property: string, node: CssNode, found: Found, optional: boolean): void {
  const own = cssFunction(name);
  if (own.first === undefined && !isCssFunction(name)) return found(labelOf(name), NOBODY, node, true);
  found(labelOf(name), featureAt('css', 'properties', property, name) ?? own.first, node, optional);
  const first = 'children' in node && node.children !== null ? node.children.toArray()[0] : undefined;
  const isRelative = typeof first === 'object' && first.type === 'Identifier' && first.name === 'from';
  if (isRelative) found(`${name}(from …)`, featureAt(...own.path, 'relative_syntax'), node, optional);
}

/** What the declarations of a block are to each other. */
interface Surroundings {
  /** An earlier value of the same property, or its own name with a prefix, is what other browsers take. */
  readonly withFallback: ReadonlySet<CssNode>;
  readonly isFlex: boolean;
}

function surroundingsIn(block: CssNode): Surroundings {
  const children = 'children' in block && block.children !== null ? block.children.toArray() : [];
  const withFallback = new Set<CssNode>();
  const before = new Set<string>();
  let isFlex = false;
  for (const child of children) {
    if (typeof child !== 'object' || child.type !== 'Declaration') continue;
    const property = child.property.toLowerCase();
    if (before.has(property)) withFallback.add(child);
    before.add(property).add(property.replace(/^-\w+-/, ''));
    isFlex ||= setsFlex(child);
  }
  return { withFallback, isFlex };
}

function setsFlex({ property, value }: Declaration): boolean {
  if (property.toLowerCase() !== 'display' || value.type !== 'Value') return false;
  return value.children.some((part) => part.type === 'Identifier' && /^(inline-)?flex$/i.test(part.name));
}
