import type { AnyNode } from 'acorn';

/** Something in a script that a content policy or common sense objects to. */
export type Finding =
  | { readonly kind: 'csp-eval' | 'csp-string-timer' | 'csp-document-write'; readonly what: string }
  | { readonly kind: 'import'; readonly from: string };

/** What is to be said of this node alone; its children are visited by themselves. */
export function findingAt(node: AnyNode): Finding | undefined {
  switch (node.type) {
    case 'CallExpression':
      return callFinding(node.callee, node.arguments[0]);
    case 'NewExpression':
      return nameOf(node.callee) === 'Function' ? { kind: 'csp-eval', what: 'new Function' } : undefined;
    case 'VariableDeclarator':
      return aliasFinding(node.init ?? undefined);
    case 'AssignmentExpression':
      return aliasFinding(node.right);
    case 'ImportExpression':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return importFinding(node.source ?? undefined);
    default:
      return undefined;
  }
}

function callFinding(callee: AnyNode, first: AnyNode | undefined): Finding | undefined {
  const target = unwrap(callee);
  const name = nameOf(target);
  if (name === 'eval') return { kind: 'csp-eval', what: 'eval' };
  if (name === 'execScript') return { kind: 'csp-eval', what: 'execScript' };
  if (name === 'Function' || isFunctionConstructor(target)) return { kind: 'csp-eval', what: 'Function()' };
  if (name !== undefined && TIMERS.has(name) && isText(first)) return { kind: 'csp-string-timer', what: `${name} of a text` };
  if (target.type !== 'MemberExpression') return undefined;
  const object = unwrap(target.object);
  if (APPLIERS.has(name ?? '')) return callFinding(object, undefined);
  if ((name === 'write' || name === 'writeln') && nameOf(object) === 'document') {
    return { kind: 'csp-document-write', what: `document.${name}` };
  }
  return undefined;
}

/** `const run = eval` hides the call that follows. */
function aliasFinding(value: AnyNode | undefined): Finding | undefined {
  const name = value === undefined ? undefined : nameOf(unwrap(value));
  return name === 'eval' || name === 'Function' ? { kind: 'csp-eval', what: `another name for ${name}` } : undefined;
}

function importFinding(source: AnyNode | undefined): Finding | undefined {
  const from = source === undefined ? undefined : staticText(source);
  return from === undefined ? undefined : { kind: 'import', from };
}

const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const APPLIERS = new Set(['call', 'apply', 'bind']);

/** `x.constructor.constructor(...)` and `(() => {}).constructor(...)` are the Function constructor. */
function isFunctionConstructor(callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression' || nameOf(callee) !== 'constructor') return false;
  const object = unwrap(callee.object);
  return nameOf(object) === 'constructor' || object.type === 'FunctionExpression' || object.type === 'ArrowFunctionExpression';
}

/** The last name of `f`, `window.f`, `window['f']` or `window?.f`. */
function nameOf(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression') return undefined;
  if (node.computed) return staticText(node.property);
  return node.property.type === 'Identifier' ? node.property.name : undefined;
}

/** `(0, eval)` and `a?.b` come down to what is called. */
function unwrap(node: AnyNode): AnyNode {
  if (node.type === 'SequenceExpression') {
    const last = node.expressions.at(-1);
    return last === undefined ? node : unwrap(last);
  }
  if (node.type === 'ParenthesizedExpression' || node.type === 'ChainExpression') return unwrap(node.expression);
  return node;
}

/** Is this surely a text, whatever it says? */
function isText(node: AnyNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'BinaryExpression') return node.operator === '+' && (isText(node.left) || isText(node.right));
  return node.type === 'Literal' && typeof node.value === 'string';
}

/** The text that an expression of literals comes to; undefined when it is only known at run time. */
function staticText(node: AnyNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0 ? node.quasis[0]?.value.cooked ?? undefined : undefined;
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const left = staticText(node.left);
  const right = staticText(node.right);
  return left === undefined || right === undefined ? undefined : left + right;
}
