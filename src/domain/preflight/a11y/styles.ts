import type { CssNode, Rule, Selector } from 'css-tree';
import { generate, walk } from 'css-tree';
import { parseCss } from '../parse-css.ts';
import type { Card, CardElement } from './tree.ts';
import { isElement, valueOf } from './tree.ts';

/** The declarations that hold for an element, as far as they can be known without a browser. */
export type Styles = (element: CardElement) => Readonly<Record<string, string | undefined>>;

interface StyleRule {
  readonly tag: string | null;
  readonly id: string | null;
  readonly classes: readonly string[];
  readonly declarations: Readonly<Record<string, string>>;
}

/**
 * From `<style>` rules with one simple selector (`p`, `.note`, `p.note#a`), the more specific winning, and from `style`
 * attributes, which win over all. Rules within at-rules are left out: whether they hold is the browser's to say.
 */
export function stylesOf(card: Card): Styles {
  const rules = card.elements.filter(({ tag }) => tag === 'style').flatMap((element) => rulesIn(element.children.map((child) => (isElement(child) ? '' : child.text)).join('')));
  const known = new Map<CardElement, Readonly<Record<string, string>>>();
  return (element) => {
    const found = known.get(element) ?? Object.assign({}, presentational(element), ...rules.filter((rule) => holds(rule, element)).map((rule) => rule.declarations), inline(element));
    known.set(element, found);
    return found;
  };
}

function rulesIn(css: string): StyleRule[] {
  if (!MAY_BE_WANTED.test(css)) return [];
  const rules: StyleRule[] = [];
  walk(parseCss(css, 'stylesheet'), function visit(node) {
    if (node.type === 'Atrule') return walk.skip;
    if (node.type === 'Rule') rules.push(...ruleOf(node));
    return node.type === 'Rule' ? walk.skip : undefined;
  });
  return rules.sort((a, b) => weight(a) - weight(b));
}

function ruleOf(rule: Rule): StyleRule[] {
  if (rule.prelude.type !== 'SelectorList') return [];
  const declarations = declarationsIn(rule.block);
  return rule.prelude.children.toArray().flatMap((selector) => {
    const simple = selector.type === 'Selector' ? simpleSelector(selector) : null;
    return simple === null ? [] : [{ ...simple, declarations }];
  });
}

/** Null for what needs more than the element itself. */
function simpleSelector(selector: Selector): Omit<StyleRule, 'declarations'> | null {
  const parts = selector.children.toArray();
  if (parts.some(({ type }) => type !== 'TypeSelector' && type !== 'ClassSelector' && type !== 'IdSelector')) return null;
  const named = (type: string) => parts.filter((part) => part.type === type).map((part) => ('name' in part && typeof part.name === 'string' ? part.name : ''));
  const tag = named('TypeSelector')[0]?.toLowerCase() ?? null;
  return { tag: tag === '*' ? null : tag, id: named('IdSelector')[0] ?? null, classes: named('ClassSelector') };
}

function weight({ tag, id, classes }: StyleRule): number {
  return (id === null ? 0 : 1_000_000) + classes.length * 1_000 + (tag === null ? 0 : 1);
}

function holds({ tag, id, classes }: StyleRule, element: CardElement): boolean {
  const own = (valueOf(element, 'class') ?? '').split(/\s+/);
  return (tag === null || tag === element.tag) && (id === null || id === valueOf(element, 'id')) && classes.every((name) => own.includes(name));
}

function inline(element: CardElement): Readonly<Record<string, string>> {
  const style = valueOf(element, 'style');
  return style === undefined || !MAY_BE_WANTED.test(style) ? {} : declarationsIn(parseCss(style, 'declarationList'));
}

/** Colours that html says without CSS, which no policy forbids. */
function presentational(element: CardElement): Readonly<Record<string, string>> {
  const background = valueOf(element, 'bgcolor');
  const color = element.tag === 'font' ? valueOf(element, 'color') : undefined;
  return { ...(background === undefined ? {} : { 'background-color': background }), ...(color === undefined ? {} : { color }) };
}

const WANTED = /^(color|background|background-color|font-size|font-weight)$/;
/** Not worth reading otherwise. */
const MAY_BE_WANTED = /color|background|font-/i;

function declarationsIn(block: CssNode): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  walk(block, { visit: 'Declaration', enter: (node) => void (WANTED.test(node.property.toLowerCase()) && (found[node.property.toLowerCase()] = generate(node.value))) });
  return found;
}
