import type { AnyNode, Program } from 'acorn';
import { ancestor } from 'acorn-walk';
import { isInlineScript, scriptKind } from '../checks/script-kind.ts';
import type { HtmlElement } from '../html.ts';
import type { CodeParser } from '../parse-script.ts';
import { apiUsage } from './api-usage.ts';
import { guardedNames } from './guards.ts';
import { syntaxUsage } from './syntax-usage.ts';
import type { Usage } from './usage.ts';
import { placeWithin } from './usage.ts';

/**
 * Syntax and interfaces that an inline script uses, as far as browsers differ in them. Code that cannot be read uses
 * nothing.
 */
export function scriptUsages(element: HtmlElement, code: CodeParser): Usage[] {
  if (!isInlineScript(element) || scriptKind(element) === 'rules') return [];
  const parsed = code.read(element.text, scriptKind(element) === 'module' ? 'module' : 'script');
  if ('error' in parsed) return [];
  try {
    return usagesOf(parsed.program, element);
  } catch {
    return []; // deeper than the stack: refused by another check
  }
}

function usagesOf(program: Program, element: HtmlElement): Usage[] {
  const usages: Usage[] = [];
  const known = { guarded: guardedNames(program), declared: declaredNames(program) };
  everyNode(program, (node, parents) => {
    for (const { feature, first, optional = false } of [
      ...syntaxUsage(node, parents),
      ...apiUsage(node, parents, known),
    ]) {
      const at = placeWithin(element.text, element.textAt, node.start);
      if (first !== undefined) usages.push({ kind: 'javascript', feature, first, at, optional });
    }
  });
  return usages;
}

/** `parents`: the nearest last. */
function everyNode(program: Program, visit: (node: AnyNode, parents: readonly AnyNode[]) => void): void {
  const call = (node: unknown, _state: unknown, path: unknown) =>
    visit(node as AnyNode, (path as AnyNode[]).slice(0, -1));
  ancestor(program, Object.fromEntries(VISITED.map((type) => [type, call])));
}

const VISITED = [
  'ChainExpression',
  'LogicalExpression',
  'AssignmentExpression',
  'PropertyDefinition',
  'MethodDefinition',
  'StaticBlock',
  'BinaryExpression',
  'ImportExpression',
  'MetaProperty',
  'AwaitExpression',
  'ForOfStatement',
  'CatchClause',
  'Literal',
  'VariableDeclaration',
  'Function',
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
  'ExportAllDeclaration',
  'Identifier',
  'MemberExpression',
];

/** Names of the script's own: whatever it calls so is not the browser's. */
function declaredNames(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (node: unknown) => void names.add((node as { name: string }).name);
  const addId = (node: unknown) => {
    const { id } = node as { id?: { name: string } | null };
    if (id) names.add(id.name);
  };
  const visitors: Record<string, (node: unknown) => void> = {
    VariablePattern: add,
    Function: addId,
    Class: addId,
    ImportDeclaration: addImports(names),
  };
  ancestor(program, visitors);
  return names;
}

function addImports(names: Set<string>): (node: unknown) => void {
  return (node) => {
    for (const { local } of (node as { specifiers: readonly { local: { name: string } }[] }).specifiers)
      names.add(local.name);
  };
}
