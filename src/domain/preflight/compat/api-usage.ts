import type { AnyNode, MemberExpression } from 'acorn';
import { featureAt, memberNamed } from './data.ts';
import type { ScriptFeature } from './script-feature.ts';
import type { BrowserVersions } from './versions.ts';

export interface KnownNames {
  /** Asked for before use. */
  readonly guarded: ReadonlySet<string>;
  /** The script's own. */
  readonly declared: ReadonlySet<string>;
}

/** Interfaces, globals and members that a node uses. An object of unknown kind is judged by the member's name alone. */
export function apiUsage(node: AnyNode, parents: readonly AnyNode[], known: KnownNames): ScriptFeature[] {
  if (node.type === 'Identifier') return isReference(node, parents.at(-1)) ? ofGlobal(node.name, known) : [];
  if (node.type === 'MemberExpression') return ofMember(node, parents.at(-1), known);
  return [];
}

function ofGlobal(name: string, { declared, guarded }: KnownNames): ScriptFeature[] {
  if (declared.has(name) || guarded.has(name)) return [];
  return [{ feature: name, first: globalNamed(name) }];
}

function globalNamed(name: string): BrowserVersions | undefined {
  return featureAt('api', name) ?? featureAt('javascript', 'builtins', name) ?? featureAt('api', 'Window', name);
}

/** Objects that every page has, by what they are. */
const OBJECTS: Readonly<Record<string, string>> = {
  navigator: 'Navigator',
  document: 'Document',
  location: 'Location',
  history: 'History',
  screen: 'Screen',
  performance: 'Performance',
  crypto: 'Crypto',
  customElements: 'CustomElementRegistry',
  localStorage: 'Storage',
  sessionStorage: 'Storage',
  visualViewport: 'VisualViewport',
  navigation: 'Navigation',
  scheduler: 'Scheduler',
  'document.body': 'HTMLElement',
  'document.documentElement': 'HTMLElement',
  'navigator.clipboard': 'Clipboard',
  'navigator.locks': 'LockManager',
  'navigator.permissions': 'Permissions',
  'navigator.storage': 'StorageManager',
  'navigator.mediaDevices': 'MediaDevices',
  'navigator.serviceWorker': 'ServiceWorkerContainer',
  'crypto.subtle': 'SubtleCrypto',
};
const GLOBALS = new Set(['window', 'self', 'globalThis', 'top', 'parent', 'frames']);

function ofMember(node: MemberExpression, parent: AnyNode | undefined, known: KnownNames): ScriptFeature[] {
  if (node.computed || node.property.type !== 'Identifier') return [];
  const { name } = node.property;
  if (known.guarded.has(name)) return [];
  const owner = nameOf(node.object);
  if (owner !== undefined && known.declared.has(owner.split('.')[0] ?? '')) return byName(node, parent, name);
  if (owner !== undefined && GLOBALS.has(owner)) return [{ feature: `${owner}.${name}`, first: globalNamed(name) }];
  const kind = literalKind(node.object);
  if (kind !== undefined)
    return [{ feature: `${kind}.prototype.${name}`, first: featureAt('javascript', 'builtins', kind, name) }];
  const path = owner?.replace(/^(window|self|globalThis)\./, '');
  if (path !== undefined && Object.hasOwn(OBJECTS, path))
    return [{ feature: `${path}.${name}`, first: memberOf(OBJECTS[path] ?? '', name) }];
  if (path !== undefined && /^[A-Z]\w*$/.test(path))
    return [{ feature: `${path}.${name}`, first: staticOf(path, name) }];
  return byName(node, parent, name);
}

/** A page's own objects may have methods of these names too, hence only a warning. */
function byName(node: MemberExpression, parent: AnyNode | undefined, name: string): ScriptFeature[] {
  const isCall = parent?.type === 'CallExpression' && parent.callee === node;
  return isCall ? [{ feature: `.${name}()`, first: memberNamed(name), optional: true }] : [];
}

/** A member may be inherited: the nearest of the interface's parents that has it. */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  Document: ['Node', 'EventTarget'],
  HTMLElement: ['Element', 'Node', 'EventTarget'],
};

function memberOf(kind: string, name: string): BrowserVersions | undefined {
  return [kind, ...(PARENTS[kind] ?? [])]
    .map((owner) => featureAt('api', owner, name))
    .find((first) => first !== undefined);
}

function staticOf(kind: string, name: string): BrowserVersions | undefined {
  return (
    featureAt('javascript', 'builtins', kind, name) ??
    featureAt('api', kind, `${name}_static`) ??
    featureAt('api', kind, name)
  );
}

function literalKind(node: AnyNode): string | undefined {
  if (node.type === 'ArrayExpression') return 'Array';
  if (node.type === 'TemplateLiteral') return 'String';
  return node.type === 'Literal' && typeof node.value === 'string' ? 'String' : undefined;
}

/** `navigator.clipboard` of a chain of plain names. */
function nameOf(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const owner = nameOf(node.object);
  return owner === undefined ? undefined : `${owner}.${node.property.name}`;
}

/** The walker visits only identifiers that are expressions; what is typeof'd is merely asked for. */
function isReference(node: AnyNode, parent: AnyNode | undefined): boolean {
  return !(parent?.type === 'UnaryExpression' && parent.operator === 'typeof' && parent.argument === node);
}
