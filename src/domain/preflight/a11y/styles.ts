import type { CssNode, Rule, Selector } from 'css-tree';
import { generate, walk } from 'css-tree';
import { parseCss } from '../parse-css.ts';
import type { Card, CardElement } from './tree.ts';
import { isElement, valueOf } from './tree.ts';

/** The declarations that hold for an element, as far as they can be known without a browser. */
export type Styles = (element: CardElement) => Readonly<Record<string, string | undefined>>;

type Declarations = Readonly<Record<string, string>>;

interface StyleRule {
  readonly tag: string | null;
  readonly id: string | null;
  /** Each once, in the order of their names. */
  readonly classes: readonly string[];
  /** The heavier overrules. A class that is said twice weighs twice, and holds for the same elements. */
  readonly weight: number;
  readonly declarations: Declarations;
}

/**
 * From `<style>` rules with one simple selector (`p`, `.note`, `p.note#a`), the more specific winning, and from `style`
 * attributes, which win over all. Rules within at-rules are left out: whether they hold is the browser's to say.
 */
export function stylesOf(card: Card): Styles {
  const sheets = card.elements
    .filter(({ tag }) => tag === 'style')
    .map((element) => element.children.map((child) => (isElement(child) ? '' : child.text)).join(''));
  const rules = new Rules([...new Set(sheets)].flatMap(rulesIn));
  const inline = new InlineStyles();
  const known = new Map<CardElement, Declarations>();
  return (element) => {
    const found =
      known.get(element) ?? Object.assign({}, presentational(element), rules.of(element), inline.of(element));
    known.set(element, found);
    return found;
  };
}

/**
 * Found by what an element must have for them to hold, so that not every rule is asked about every element, and once for
 * all elements that the rules cannot tell apart.
 */
class Rules {
  private readonly byKey = new Map<string, { readonly rule: StyleRule; readonly order: number }[]>();
  private readonly named: Readonly<Record<'tags' | 'ids' | 'classes', ReadonlySet<string>>>;
  private readonly known = new Map<string, Declarations>();

  constructor(rules: readonly StyleRule[]) {
    this.named = {
      tags: new Set(rules.flatMap(({ tag }) => tag ?? [])),
      ids: new Set(rules.flatMap(({ id }) => id ?? [])),
      classes: new Set(rules.flatMap(({ classes }) => classes)),
    };
    inForce(rules.toSorted((a, b) => a.weight - b.weight)).forEach((rule, order) => {
      const key = this.rarestOf(rule);
      const known = this.byKey.get(key);
      if (known === undefined) this.byKey.set(key, [{ rule, order }]);
      else known.push({ rule, order });
    });
  }

  of(element: CardElement): Declarations {
    if (this.byKey.size === 0) return {};
    const like = this.likeness(element);
    const key = JSON.stringify([like.tag, like.id, ...like.classes]);
    const declarations = this.known.get(key) ?? this.declarationsFor(like);
    this.known.set(key, declarations);
    return declarations;
  }

  /** What rules ask for of what it has. */
  private likeness(element: CardElement): Likeness {
    const id = valueOf(element, 'id');
    return {
      tag: this.named.tags.has(element.tag) ? element.tag : null,
      id: id !== undefined && this.named.ids.has(id) ? id : null,
      classes: new Set([...classesOf(element)].filter((name) => this.named.classes.has(name)).toSorted()),
    };
  }

  /** The strongest first: what the weaker would add to that is all that is asked of them. */
  private declarationsFor(like: Likeness): Declarations {
    const keys = ['*', like.tag ?? '', `#${like.id}`, ...[...like.classes].map((name) => `.${name}`)];
    const candidates = keys.flatMap((key) => this.byKey.get(key) ?? []).sort((a, b) => b.order - a.order);
    const found: Record<string, string> = {};
    for (const { rule } of candidates) {
      const news = Object.entries(rule.declarations).filter(([property]) => found[property] === undefined);
      if (news.length > 0 && holds(rule, like)) Object.assign(found, Object.fromEntries(news));
    }
    return found;
  }

  private rarestOf({ tag, id, classes }: StyleRule): string {
    if (id !== null) return `#${id}`;
    const [first, ...more] = classes.map((name) => `.${name}`);
    if (first === undefined) return tag ?? '*';
    return more.reduce((best, key) => (this.sizeOf(key) < this.sizeOf(best) ? key : best), first);
  }

  private sizeOf(key: string): number {
    return this.byKey.get(key)?.length ?? 0;
  }
}

interface Likeness {
  readonly tag: string | null;
  readonly id: string | null;
  readonly classes: ReadonlySet<string>;
}

/** Without the declarations that a later rule for the same elements overrules everywhere. */
function inForce(rules: readonly StyleRule[]): StyleRule[] {
  const overruled = new Set<string>();
  return rules
    .toReversed()
    .flatMap((rule) => {
      const selector = `${rule.tag} #${rule.id} .${rule.classes.join('.')}`;
      const left = Object.entries(rule.declarations).filter(([property]) => !overruled.has(`${selector} ${property}`));
      for (const [property] of left) overruled.add(`${selector} ${property}`);
      return left.length === 0 ? [] : [{ ...rule, declarations: Object.fromEntries(left) }];
    })
    .reverse();
}

function classesOf(element: CardElement): ReadonlySet<string> {
  return new Set((valueOf(element, 'class') ?? '').split(/\s+/).filter(Boolean));
}

function rulesIn(css: string): StyleRule[] {
  if (!MAY_BE_WANTED.test(css)) return [];
  const rules: StyleRule[] = [];
  walk(parseCss(css, 'stylesheet'), function visit(node) {
    if (node.type === 'Atrule') return walk.skip;
    if (node.type === 'Rule') rules.push(...ruleOf(node));
    return node.type === 'Rule' ? walk.skip : undefined;
  });
  return rules;
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
  if (parts.some(({ type }) => type !== 'TypeSelector' && type !== 'ClassSelector' && type !== 'IdSelector'))
    return null;
  const named = (type: string) =>
    parts
      .filter((part) => part.type === type)
      .map((part) => ('name' in part && typeof part.name === 'string' ? part.name : ''));
  const tag = named('TypeSelector')[0]?.toLowerCase() ?? null;
  const [id = null] = named('IdSelector');
  const classes = named('ClassSelector');
  const weight = (id === null ? 0 : 1_000_000) + classes.length * 1_000 + (tag === null ? 0 : 1);
  return { tag: tag === '*' ? null : tag, id, classes: [...new Set(classes)].toSorted(), weight };
}

function holds({ tag, id, classes }: StyleRule, like: Likeness): boolean {
  return (
    (tag === null || tag === like.tag) &&
    (id === null || id === like.id) &&
    classes.every((name) => like.classes.has(name))
  );
}

/** Many elements carry the same style, which is read once. */
class InlineStyles {
  private readonly known = new Map<string, Declarations>();

  of(element: CardElement): Declarations {
    const style = valueOf(element, 'style');
    if (style === undefined || !MAY_BE_WANTED.test(style)) return {};
    const declarations = this.known.get(style) ?? declarationsIn(parseCss(style, 'declarationList'));
    this.known.set(style, declarations);
    return declarations;
  }
}

/** Colours that html says without CSS, which no policy forbids. */
function presentational(element: CardElement): Declarations {
  const background = valueOf(element, 'bgcolor');
  const color = element.tag === 'font' ? valueOf(element, 'color') : undefined;
  return {
    ...(background === undefined ? {} : { 'background-color': background }),
    ...(color === undefined ? {} : { color }),
  };
}

const WANTED = /^(color|background|background-color|font-size|font-weight)$/;
/** Not worth reading otherwise. */
const MAY_BE_WANTED = /color|background|font-/i;

function declarationsIn(block: CssNode): Declarations {
  const found: Record<string, string> = {};
  walk(block, {
    visit: 'Declaration',
    enter: (node) =>
      void (WANTED.test(node.property.toLowerCase()) && (found[node.property.toLowerCase()] = generate(node.value))),
  });
  return found;
}
