/** What a script does that a content policy or common sense objects to, as far as its plain words tell. */
import type {
  AnyNode,
  AssignmentProperty,
  CallExpression,
  MemberExpression,
  NewExpression,
  Program,
  RestElement,
} from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { words } from './words.ts';

export type ScriptFinding = { readonly offset: number } & (
  | {
      readonly kind: 'csp-eval' | 'csp-string-timer' | 'csp-document-write' | 'csp-inline-handler';
      readonly what: string;
    }
  | { readonly kind: 'load'; readonly directives: readonly string[]; readonly from: string; readonly what: string }
);
type Found = ScriptFinding extends infer F ? (F extends unknown ? Omit<F, 'offset'> : never) : never;

/**
 * What is forbidden counts wherever it is named: handing `eval` on is the first half of calling it. What a name stands
 * for is not followed; the policy that lets the code run stops the rest.
 */
export function scriptFindings(program: Program): ScriptFinding[] {
  const findings: ScriptFinding[] = [];
  fullAncestor(program, (node, _state, ancestors, type) => {
    if (node.type === 'Identifier' && type !== 'Identifier') return; // a name being given, not used
    const parent = ancestors.at(-1) === node ? ancestors.at(-2) : ancestors.at(-1);
    const found = findingAt(node, parent);
    if (found !== undefined) findings.push({ ...found, offset: node.start });
  });
  return findings;
}

function findingAt(node: AnyNode, parent: AnyNode | undefined): Found | undefined {
  switch (node.type) {
    case 'Identifier':
      return isTextRunner(node.name, node, parent) ? textAsCode(node.name) : undefined;
    case 'ObjectPattern':
      return node.properties.map(ofProperty).find((found) => found !== undefined);
    case 'MemberExpression':
      return ofMember(node, parent);
    case 'CallExpression':
      return ofCall(node);
    case 'NewExpression':
      return load(CONSTRUCTORS.get(lastName(node.callee) ?? ''), node.arguments[0], `new ${lastName(node.callee)}`);
    case 'AssignmentExpression':
      return lastName(node.left) === 'src' && node.left.type === 'MemberExpression' ? source(node.right) : undefined;
    case 'ImportExpression':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return load(['script-src-elem'], node.source ?? undefined, 'import');
    default:
      return undefined;
  }
}

/** `x instanceof Function` runs nothing. */
function isTextRunner(name: string | undefined, node: AnyNode, parent: AnyNode | undefined): boolean {
  if (!TEXT_RUNNERS.has(name ?? '')) return false;
  return !(name === 'Function' && parent?.type === 'BinaryExpression' && parent.right === node);
}

/** `const { eval: run } = window` */
function ofProperty(property: AssignmentProperty | RestElement): Found | undefined {
  const key = property.type === 'Property' ? property.key : undefined;
  const name = key?.type === 'Identifier' ? key.name : textOf(key);
  return TEXT_RUNNERS.has(name ?? '') ? textAsCode(name ?? '') : undefined;
}

function ofMember(node: MemberExpression, parent: AnyNode | undefined): Found | undefined {
  const name = lastName(node);
  const owner = lastName(node.object) ?? (node.object.type === 'ThisExpression' ? 'this' : undefined);
  if (isTextRunner(name, node, parent)) return textAsCode(name ?? '');
  if ((name === 'write' || name === 'writeln') && DOCUMENTS.has(owner ?? ''))
    return { kind: 'csp-document-write', what: `document.${name}` };
  if (owner === 'WebAssembly' && WASM.has(name ?? '')) return textAsCode(`WebAssembly.${name}`);
  if (parent === undefined || !isCalled(node, parent)) return isMaker(node) ? textAsCode('Function()') : undefined;
  if (name === undefined && node.computed && GLOBALS.has(owner ?? ''))
    return textAsCode(`a call of ${owner} by a name that only running it tells`);
  return isMaker(node) || (name === 'constructor' && isText(parent.arguments.at(-1)))
    ? textAsCode('Function()')
    : undefined;
}

function isCalled(node: AnyNode, parent: AnyNode): parent is CallExpression | NewExpression {
  return (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node;
}

/** `(() => {}).constructor` and `x.constructor.constructor` are the Function constructor. */
function isMaker(node: MemberExpression): boolean {
  const object = bare(node.object);
  return lastName(node) === 'constructor' && (FUNCTIONS.has(object.type) || lastName(object) === 'constructor');
}

function ofCall(call: CallExpression): Found | undefined {
  const callee = bare(call.callee);
  const name = lastName(callee);
  const [first, second] = call.arguments;
  const object = callee.type === 'MemberExpression' ? callee.object : undefined;
  // `setTimeout.call(window, "...")`
  const timer = [name, object && lastName(object)].find((one) => TIMERS.has(one ?? ''));
  if (timer !== undefined && (timer === name ? isText(first) : holdsText(call)))
    return { kind: 'csp-string-timer', what: `${timer} of a text` };
  if (call.arguments.some((argument) => textOf(argument) === 'eval'))
    return textAsCode(`${name ?? 'a call'} of "eval"`);
  if (name === 'setAttribute') return ofAttribute(textOf(first)?.toLowerCase() ?? '', second);
  if (name === 'open' && object !== undefined && METHODS.test(textOf(first) ?? ''))
    return load(['connect-src'], second, name);
  return load(CALLS.get(name ?? ''), first, name ?? '');
}

function holdsText(call: CallExpression): boolean {
  return call.arguments.some((one) => isText(one) || (one.type === 'ArrayExpression' && isText(one.elements[0])));
}

function ofAttribute(attribute: string, value: AnyNode | undefined): Found | undefined {
  if (/^on[a-z]/.test(attribute)) return { kind: 'csp-inline-handler', what: attribute };
  return attribute === 'src' ? source(value) : undefined;
}

function textAsCode(what: string): Found {
  return { kind: 'csp-eval', what };
}

function source(from: AnyNode | undefined): Found | undefined {
  return load(['script-src-elem', 'img-src', 'media-src'], from, 'src');
}

function load(directives: readonly string[] | undefined, from: AnyNode | undefined, what: string): Found | undefined {
  const text = textOf(from);
  return directives === undefined || text === undefined ? undefined : { kind: 'load', directives, from: text, what };
}

/** The last name of `f`, `window.f`, `window['f']` and `(0, f)`. */
function lastName(node: AnyNode): string | undefined {
  const target = bare(node);
  if (target.type === 'Identifier') return target.name;
  if (target.type !== 'MemberExpression') return undefined;
  return target.computed || target.property.type !== 'Identifier' ? textOf(target.property) : target.property.name;
}

/** `(0, eval)` and `a?.b` come down to what is meant. */
function bare(node: AnyNode): AnyNode {
  if (node.type === 'SequenceExpression') return bare(node.expressions.at(-1) ?? node);
  return node.type === 'ChainExpression' || node.type === 'ParenthesizedExpression' ? bare(node.expression) : node;
}

/** The text that an expression of literals comes to; undefined when it is only known at run time. */
function textOf(node: AnyNode | undefined | null): string | undefined {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  if (node?.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Is this surely a text, whatever it says? Nobody adds functions. */
function isText(node: AnyNode | undefined | null): boolean {
  if (node?.type === 'BinaryExpression') return node.operator === '+';
  if (node?.type === 'CallExpression') return TEXT_MAKERS.has(lastName(node.callee) ?? '');
  return node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node.value === 'string');
}

const TEXT_RUNNERS = words('eval execScript Function');
const TEXT_MAKERS = words(
  'String atob concat join fromCharCode fromCodePoint decodeURIComponent unescape toString raw',
);
const TIMERS = words('setTimeout setInterval setImmediate');
const DOCUMENTS = words('document contentDocument ownerDocument');
const GLOBALS = words('window self globalThis top parent frames document defaultView contentWindow this');
const FUNCTIONS = words('FunctionExpression ArrowFunctionExpression ClassExpression');
const METHODS = /^(get|post|put|patch|delete|head|options)$/i;
const WASM = words('compile compileStreaming instantiate instantiateStreaming Module');
const CALLS: ReadonlyMap<string, readonly string[]> = new Map([
  ['fetch', ['connect-src']],
  ['sendBeacon', ['connect-src']],
  ['importScripts', ['script-src-elem']],
]);
const CONSTRUCTORS: ReadonlyMap<string, readonly string[]> = new Map([
  ['WebSocket', ['connect-src']],
  ['EventSource', ['connect-src']],
  ['WebTransport', ['connect-src']],
  ['Worker', ['worker-src']],
  ['SharedWorker', ['worker-src']],
]);
