import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { Names } from './script-names.ts';
import { unwrap } from './script-names.ts';

/** Something in a script that a content policy or common sense objects to. */
export type Finding =
  | { readonly kind: 'csp-eval' | 'csp-string-timer'; readonly what: string }
  | { readonly kind: 'csp-document-write' | 'csp-inline-handler'; readonly what: string }
  | { readonly kind: 'load'; readonly directives: readonly string[]; readonly from: string; readonly what: string };

/** What is to be said of this node alone; its children are visited by themselves. */
export function findingAt(node: AnyNode, names: Names): Finding | undefined {
  switch (node.type) {
    case 'Identifier':
      return node.name === 'eval' ? evalOf('eval') : undefined;
    case 'MemberExpression':
      return memberFinding(node, names);
    case 'CallExpression':
      return callFinding(node, names);
    case 'NewExpression':
      return newFinding(node, names);
    case 'AssignmentExpression':
      return assignmentFinding(node.left, node.right, names);
    case 'VariableDeclarator':
      return aliasFinding(node.init, names);
    case 'ImportExpression':
      return load(['script-src-elem'], names.text(node.source), 'import');
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return load(['script-src-elem'], names.text(node.source), 'import');
    default:
      return undefined;
  }
}

function evalOf(what: string): Finding {
  return { kind: 'csp-eval', what };
}

/**
 * `window.eval` and `document.write` count wherever they are spoken of: handing them on is the first half of calling
 * them.
 */
function memberFinding(node: AnyNode & { type: 'MemberExpression' }, names: Names): Finding | undefined {
  const name = names.ownName(node);
  if (name === 'eval' || name === 'execScript') return evalOf(name);
  if ((name === 'write' || name === 'writeln') && DOCUMENTS.has(names.of(node.object) ?? ''))
    return { kind: 'csp-document-write', what: `document.${name}` };
  return undefined;
}

function callFinding(call: CallExpression, names: Names): Finding | undefined {
  const callee = unwrap(call.callee);
  const name = names.of(callee);
  if (callee === undefined) return undefined;
  if (callee.type === 'Identifier' && (name === 'eval' || name === 'execScript') && callee.name !== 'eval')
    return evalOf(`another name for ${name}`);
  if (callee.type === 'Identifier' && (name === 'write' || name === 'writeln') && callee.name !== name)
    return { kind: 'csp-document-write', what: `another name for document.${name}` };
  if (name === 'Function' || isConstructorOfText(callee, call, names)) return evalOf('Function()');
  const [first, second] = call.arguments;
  if (TIMERS.has(name ?? '') && names.isText(first)) return timer(name);
  if (name === 'constructor' || name === undefined) return byUnknownName(callee, names);
  return APPLIERS.has(name) ? appliedFinding(callee, call, names) : namedCall(name, [first, second], callee, names);
}

/** `f.constructor("code")`: who hands text to a constructor writes code. */
function isConstructorOfText(callee: AnyNode, call: CallExpression | NewExpression, names: Names): boolean {
  return (
    names.ownName(callee) === 'constructor' &&
    (names.isFunctionConstructor(callee) || names.isText(call.arguments.at(-1)))
  );
}

/** `window[key]("...")`, where only running the script tells what is called. */
function byUnknownName(callee: AnyNode, names: Names): Finding | undefined {
  if (callee.type !== 'MemberExpression' || !callee.computed) return undefined;
  const object = unwrap(callee.object);
  const owner = object?.type === 'ThisExpression' ? 'window' : names.of(object);
  return GLOBALS.has(owner ?? '') ? evalOf(`a call of ${owner} by a name that only running it tells`) : undefined;
}

/** `f.call(this, x)`, `f.apply(this, [x])`, `Reflect.apply(f, this, [x])`. */
function appliedFinding(callee: AnyNode, call: CallExpression, names: Names): Finding | undefined {
  if (callee.type !== 'MemberExpression') return undefined;
  const isReflect = names.of(callee.object) === 'Reflect';
  const applied = isReflect ? call.arguments[0] : callee.object;
  const name = names.of(applied);
  if (name === 'Function') return evalOf('Function()');
  const args = call.arguments.slice(isReflect ? 1 : 0);
  const list = args.map((arg) => unwrap(arg)).find((arg) => arg?.type === 'ArrayExpression');
  const first = list?.type === 'ArrayExpression' ? list.elements[0] : args[1];
  return TIMERS.has(name ?? '') && names.isText(first) ? timer(name) : undefined;
}

function namedCall(
  name: string,
  [first, second]: readonly (AnyNode | undefined)[],
  callee: AnyNode,
  names: Names,
): Finding | undefined {
  if (REFLECTORS.has(name) && [first, second].some((arg) => names.text(arg) === 'eval'))
    return evalOf(`${name} of "eval"`);
  if (name === 'setAttribute') return attributeFinding(names.text(first)?.toLowerCase() ?? '', second, names);
  if (name === 'open' && callee.type === 'MemberExpression' && METHODS.test(names.text(first) ?? ''))
    return load(['connect-src'], names.text(second), name);
  if (callee.type === 'MemberExpression' && names.of(callee.object) === 'WebAssembly')
    return WASM.has(name) ? evalOf(`WebAssembly.${name}`) : undefined;
  const directive = CALLS.get(name);
  return directive === undefined ? undefined : load([directive], names.text(first), name);
}

function newFinding(node: NewExpression, names: Names): Finding | undefined {
  const name = names.of(node.callee);
  const callee = unwrap(node.callee);
  if (name === 'Function' || (callee !== undefined && isConstructorOfText(callee, node, names)))
    return evalOf('new Function');
  if (name === 'Module' && callee?.type === 'MemberExpression' && names.of(callee.object) === 'WebAssembly')
    return evalOf('WebAssembly.Module');
  const directive = CONSTRUCTORS.get(name ?? '');
  return directive === undefined ? undefined : load([directive], names.text(node.arguments[0]), `new ${name}`);
}

function assignmentFinding(left: AnyNode, right: AnyNode, names: Names): Finding | undefined {
  if (left.type === 'MemberExpression' && names.ownName(left) === 'src')
    return load(['script-src-elem', 'img-src', 'media-src'], names.text(right), 'src');
  return aliasFinding(right, names);
}

function attributeFinding(attribute: string, value: AnyNode | undefined, names: Names): Finding | undefined {
  if (/^on[a-z]/.test(attribute)) return { kind: 'csp-inline-handler', what: attribute };
  return attribute === 'src' ? load(['script-src-elem', 'img-src', 'media-src'], names.text(value), 'src') : undefined;
}

/** `const Make = Function` hides the call that follows. */
function aliasFinding(value: AnyNode | undefined | null, names: Names): Finding | undefined {
  const target = unwrap(value);
  return target !== undefined && target.type !== 'CallExpression' && names.of(target) === 'Function'
    ? evalOf('another name for Function')
    : undefined;
}

function timer(name: string | undefined): Finding {
  return { kind: 'csp-string-timer', what: `${name} of a text` };
}

function load(directives: readonly string[], from: string | undefined, what: string): Finding | undefined {
  return from === undefined ? undefined : { kind: 'load', directives, from, what };
}

const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const APPLIERS: ReadonlySet<string> = new Set(['call', 'apply', 'bind', 'construct']);
const REFLECTORS: ReadonlySet<string> = new Set(['get', 'getOwnPropertyDescriptor', '__lookupGetter__', 'Reflect']);
const DOCUMENTS: ReadonlySet<string> = new Set(['document', 'contentDocument', 'ownerDocument']);
const GLOBALS: ReadonlySet<string> = new Set([
  'window',
  'self',
  'globalThis',
  'top',
  'parent',
  'frames',
  'document',
  'defaultView',
  'contentWindow',
]);
const METHODS = /^(get|post|put|patch|delete|head|options)$/i;
const WASM: ReadonlySet<string> = new Set(['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']);
const CALLS: ReadonlyMap<string, string> = new Map([
  ['fetch', 'connect-src'],
  ['sendBeacon', 'connect-src'],
  ['importScripts', 'script-src-elem'],
]);
const CONSTRUCTORS: ReadonlyMap<string, string> = new Map([
  ['WebSocket', 'connect-src'],
  ['EventSource', 'connect-src'],
  ['WebTransport', 'connect-src'],
  ['Worker', 'worker-src'],
  ['SharedWorker', 'worker-src'],
]);
