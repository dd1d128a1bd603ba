import type { AnyNode, Program } from 'acorn';
import { full } from 'acorn-walk';

/**
 * What the names in a script stand for, as far as its text tells: `const run = window.eval` makes `run` an `eval`.
 * It does not follow the order of execution: a name that is given such a value anywhere has it everywhere.
 */
export class Names {
  private readonly aliases = new Map<string, string>();
  private readonly texts = new Map<string, string | undefined>();

  constructor(program: Program) {
    full(program, (node) => {
      if (node.type === 'VariableDeclarator') this.learn(node.id, node.init ?? undefined);
      if (node.type === 'AssignmentExpression' || node.type === 'AssignmentPattern') this.learn(node.left, node.right);
    });
  }

  /** The last name of `f`, `window.f`, `window['f']`, `(0, f)` or an alias of them. */
  of(node: AnyNode | undefined | null): string | undefined {
    const target = unwrap(node);
    if (target?.type === 'Identifier') return this.aliases.get(target.name) ?? target.name;
    if (target?.type === 'CallExpression') return this.ofBound(target);
    if (target?.type !== 'MemberExpression') return undefined;
    if (this.isFunctionConstructor(target)) return 'Function';
    if (target.computed) return this.text(target.property);
    return target.property.type === 'Identifier' ? target.property.name : undefined;
  }

  /** Is this surely a text, whatever it says? */
  isText(node: AnyNode | undefined | null): boolean {
    const value = unwrap(node);
    switch (value?.type) {
      case 'TemplateLiteral':
        return true;
      case 'BinaryExpression':
        return value.operator === '+' && (this.isText(value.left) || this.isText(value.right));
      case 'Literal':
        return typeof value.value === 'string';
      case 'Identifier':
        return this.texts.has(value.name);
      case 'CallExpression':
        return TEXT_MAKERS.has(this.of(value.callee) ?? '');
      default:
        return false;
    }
  }

  /** The text that an expression of literals comes to; undefined when it is only known at run time. */
  text(node: AnyNode | undefined | null): string | undefined {
    const value = unwrap(node);
    if (value?.type === 'Literal') return typeof value.value === 'string' ? value.value : undefined;
    if (value?.type === 'Identifier') return this.texts.get(value.name);
    if (value?.type === 'TemplateLiteral')
      return value.expressions.length === 0 ? (value.quasis[0]?.value.cooked ?? undefined) : undefined;
    if (value?.type !== 'BinaryExpression' || value.operator !== '+') return undefined;
    const left = this.text(value.left);
    const right = this.text(value.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }

  /** `x.constructor.constructor` and `(() => {}).constructor` are the Function constructor. */
  isFunctionConstructor(node: AnyNode): boolean {
    const target = unwrap(node);
    if (target?.type !== 'MemberExpression' || this.ownName(target) !== 'constructor') return false;
    const object = unwrap(target.object);
    if (object === undefined) return false;
    if (object.type === 'MemberExpression' && this.ownName(object) === 'constructor') return true;
    return FUNCTIONS.has(object.type) || (object.type === 'Identifier' && FUNCTION_NAMES.has(object.name));
  }

  /** Without looking at what the object is. */
  ownName(node: AnyNode): string | undefined {
    if (node.type !== 'MemberExpression') return undefined;
    if (node.computed) return this.text(node.property);
    return node.property.type === 'Identifier' ? node.property.name : undefined;
  }

  /** `document.write.bind(document)` is still `write`. */
  private ofBound(call: AnyNode & { type: 'CallExpression' }): string | undefined {
    const callee = unwrap(call.callee);
    return callee?.type === 'MemberExpression' && this.ownName(callee) === 'bind' ? this.of(callee.object) : undefined;
  }

  private learn(target: AnyNode, value: AnyNode | undefined): void {
    if (target.type === 'ObjectPattern') return this.learnPattern(target);
    if (target.type !== 'Identifier' || value === undefined) return;
    const name = this.of(value);
    if (name !== undefined && (POWERS.has(name) || this.isFunctionConstructor(value)))
      this.aliases.set(target.name, name);
    if (this.isText(value)) this.texts.set(target.name, this.texts.has(target.name) ? undefined : this.text(value));
  }

  /** `const { eval: run, write } = ...` */
  private learnPattern(pattern: AnyNode & { type: 'ObjectPattern' }): void {
    for (const property of pattern.properties) {
      if (property.type !== 'Property') continue;
      const key =
        property.key.type === 'Identifier' && !property.computed ? property.key.name : this.text(property.key);
      const target = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
      if (key !== undefined && target.type === 'Identifier' && POWERS.has(key)) this.aliases.set(target.name, key);
    }
  }
}

/** `(0, eval)`, `a?.b` and `await x` come down to what is meant. */
export function unwrap(node: AnyNode | undefined | null): AnyNode | undefined {
  let target = node ?? undefined;
  for (;;) {
    if (target?.type === 'SequenceExpression') target = target.expressions.at(-1);
    else if (target?.type === 'ParenthesizedExpression' || target?.type === 'ChainExpression')
      target = target.expression;
    else if (target?.type === 'LogicalExpression') target = target.right;
    else return target;
  }
}

/** Names worth following. */
const POWERS: ReadonlySet<string> = new Set([
  'eval',
  'Function',
  'execScript',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'document',
  'write',
  'writeln',
  'window',
  'self',
  'globalThis',
  'top',
  'parent',
  'frames',
  'importScripts',
  'fetch',
  'WebAssembly',
]);
const TEXT_MAKERS: ReadonlySet<string> = new Set([
  'String',
  'atob',
  'concat',
  'join',
  'fromCharCode',
  'fromCodePoint',
  'decodeURIComponent',
  'unescape',
  'toString',
  'raw',
]);
const FUNCTIONS: ReadonlySet<string> = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'ClassExpression']);
const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  'alert',
  'Object',
  'Array',
  'String',
  'Number',
  'Date',
  'fetch',
  'isNaN',
  'parseInt',
]);
