import type { CssNode, Declaration } from 'css-tree';
import { parse, walk } from 'css-tree';
import type { HtmlElement, Place } from '../html.ts';
import { attributeOf } from '../html.ts';
import { cssFunction, cssUnit, isOrnament, takesOwnNames } from './css-names.ts';
import { featureAt } from './data.ts';
import type { Usage } from './usage.ts';
import type { BrowserVersions } from './versions.ts';
import { BROWSERS, isEarlier } from './versions.ts';

type Found = (feature: string, first: BrowserVersions | undefined, node: CssNode, optional?: boolean) => void;

/** Properties, values, at-rules and selectors of an element's own style, as far as browsers differ in them. */
export function cssUsages(element: HtmlElement): Usage[] {
  const style = attributeOf(element, 'style');
  return [
    ...(element.tag === 'style' ? usagesIn(element.text, 'stylesheet', element.textAt, true) : []),
    ...(style === undefined ? [] : usagesIn(style.value, 'declarationList', style.at, false)),
  ];
}

/** In an attribute the text may be encoded, so its own place stands for all of it. */
function usagesIn(css: string, context: 'stylesheet' | 'declarationList', start: Place, exact: boolean): Usage[] {
  if (!/[:@{]/.test(css)) return []; // neither a declaration nor a rule: not worth the parser's complaints
  const usages: Usage[] = [];
  const found: Found = (feature, first, node, optional = false) => {
    const at = exact && node.loc ? { line: node.loc.start.line, column: node.loc.start.column } : start;
    if (first !== undefined) usages.push({ kind: 'css', feature, first, at, optional });
  };
  collect(parsed(css, context, start), found);
  return usages;
}

/** The parser mends what is wrong, as browsers do; only a nesting deeper than the stack stops it. */
function parsed(css: string, context: 'stylesheet' | 'declarationList', { line, column }: Place): CssNode {
  try {
    return parse(css, { context, positions: true, line, column });
  } catch {
    return parse('', { context });
  }
}

function collect(root: CssNode, found: Found): void {
  walk(root, function visit(node) {
    // What stands in @supports is meant for those who have it.
    if (node.type === 'Atrule' && node.name === 'supports') return walk.skip;
    if (node.type === 'Atrule') found(`@${node.name}`, featureAt('css', 'at-rules', node.name.toLowerCase()), node);
    if (node.type === 'PseudoClassSelector' || node.type === 'PseudoElementSelector') ofPseudo(node, found);
    if (node.type === 'NestingSelector') found('CSS nesting', featureAt('css', 'selectors', 'nesting'), node);
    if (node.type === 'Raw' && node.value.includes('{') && this.block !== null) nestedIn(node, found);
    if (isFeature(node)) ofMediaFeature(node, found);
    if (node.type === 'Declaration') ofDeclaration(node, siblingsIn(this.block ?? root), found);
    return undefined;
  });
}

/** Nested rules that do not begin with `&` reach us as text. */
function nestedIn(node: CssNode & { readonly value: string }, found: Found): void {
  found('CSS nesting', featureAt('css', 'selectors', 'nesting'), node);
  collect(parsed(node.value, 'stylesheet', node.loc?.start ?? { line: 1, column: 1 }), found);
}

function ofPseudo(node: CssNode & { readonly name: string }, found: Found): void {
  const name = node.name.toLowerCase();
  if (name.startsWith('-')) return;
  const isClass = node.type === 'PseudoClassSelector';
  const withArguments = 'children' in node && node.children !== null;
  found(`${isClass ? ':' : '::'}${name}${withArguments ? '()' : ''}`, featureAt('css', 'selectors', name), node);
  if (name === 'not' && manySelectors(node)) found(':not() of a list', featureAt('css', 'selectors', 'not', 'selector_list'), node);
  if (/^nth-(last-)?child$/.test(name) && hasOf(node)) found(`:${name}(… of …)`, featureAt('css', 'selectors', name, 'of_syntax'), node);
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
function isFeature(node: { readonly type: string }): node is { readonly type: 'Feature' | 'FeatureRange'; readonly kind?: string; readonly name?: string } {
  return node.type === 'Feature' || node.type === 'FeatureRange' || node.type === 'MediaFeature';
}

function ofMediaFeature(node: { readonly type: string; readonly kind?: string; readonly name?: string }, found: Found): void {
  if (node.kind !== 'media') return;
  const at = node as unknown as CssNode;
  if (node.type === 'FeatureRange') found('ranges in @media', featureAt('css', 'at-rules', 'media', 'range_syntax'), at);
  else if (node.name !== undefined) found(`@media (${node.name})`, featureAt('css', 'at-rules', 'media', node.name), at, true);
}

function ofDeclaration(node: Declaration, siblings: readonly Declaration[], found: Found): void {
  const property = node.property.toLowerCase();
  if (property.startsWith('-')) return;
  const optional = isOrnament(property) || hasFallback(node, siblings);
  const at = featureAt('css', 'properties', property);
  found(property, at, node, optional);
  if (at === undefined && /^((row|column)-)?gap$/.test(property) && siblings.some(isFlex)) {
    found(`${property} in a flex container`, featureAt('css', 'properties', property, 'flex_context'), node, optional);
  }
  const later: Found = (feature, first, ...rest) => {
    if (at === undefined || (first !== undefined && isLaterAnywhere(first, at))) found(feature, first, ...rest);
  };
  walk(node.value, (part) => ofValue(part, property, later, optional));
}

/** What came with its property goes without saying. */
function isLaterAnywhere(value: BrowserVersions, property: BrowserVersions): boolean {
  return BROWSERS.some((browser) => property[browser] !== '-' && (value[browser] === '-' || isEarlier(property[browser], value[browser])));
}

function ofValue(part: CssNode, property: string, found: Found, optional: boolean): void {
  if (part.type === 'Dimension') found(`the unit ${part.unit}`, cssUnit(part.unit.toLowerCase()), part, optional);
  if (part.type === 'Function') ofFunction(part.name.toLowerCase(), property, part, found, optional);
  if (part.type !== 'Identifier' || takesOwnNames(property)) return;
  const name = part.name.toLowerCase();
  found(`${property}: ${name}`, featureAt('css', 'properties', property, name) ?? featureAt('css', 'types', 'global_keywords', name), part, optional);
}

function ofFunction(name: string, property: string, node: CssNode, found: Found, optional: boolean): void {
  const own = cssFunction(name);
  found(`${name}()`, featureAt('css', 'properties', property, name) ?? own.first, node, optional);
  const first = 'children' in node && node.children !== null ? node.children.toArray()[0] : undefined;
  const isRelative = typeof first === 'object' && first.type === 'Identifier' && first.name === 'from';
  if (isRelative) found(`${name}(from …)`, featureAt(...own.path, 'relative_syntax'), node, optional);
}

/** An earlier value of the same property, or its own name with a prefix, is what other browsers take. */
function hasFallback(node: Declaration, siblings: readonly Declaration[]): boolean {
  const property = node.property.toLowerCase();
  return siblings.slice(0, siblings.indexOf(node)).some((sibling) => {
    const other = sibling.property.toLowerCase();
    return other === property || (other.startsWith('-') && other.replace(/^-\w+-/, '') === property);
  });
}

function isFlex({ property, value }: Declaration): boolean {
  if (property.toLowerCase() !== 'display' || value.type !== 'Value') return false;
  return value.children.some((part) => part.type === 'Identifier' && /^(inline-)?flex$/i.test(part.name));
}

function siblingsIn(block: CssNode | null): readonly Declaration[] {
  if (block === null || !('children' in block) || block.children === null) return [];
  return [...block.children].filter((child): child is Declaration => typeof child === 'object' && child.type === 'Declaration');
}
