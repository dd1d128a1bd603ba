/** Which tests a file has, and which of them do not run. */
import { transformSync } from '@swc/core';
import { parse } from 'acorn';
import type { CallExpression, Expression, Node, Super } from 'acorn';
import { ancestor } from 'acorn-walk';

interface NamedTest {
  /** As written; of a table whose rows name its tests, one for each row. */
  readonly name: string;
  readonly isSkipped: boolean;
}

export function testsIn(source: string): readonly NamedTest[] {
  const { code } = transformSync(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } });
  const found: NamedTest[] = [];
  ancestor(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), {
    CallExpression(node, _state, ancestors) {
      if (!/^[fx]?(it|test)$/.test(wordsOf(node.callee)[0] ?? '') || node.callee.type === 'Super') return;
      const isSkipped = ancestors.some((around) => isCall(around) && isLeftOut(around));
      found.push(...namesOf(node).map((name) => ({ name, isSkipped })));
    },
  });
  return found;
}

function isCall(node: Node): node is CallExpression {
  return node.type === 'CallExpression';
}

/** `test.skip`, `describe.skip`, `it.todo`, `xit`; also where a condition decides whether it is. */
function isLeftOut({ callee }: CallExpression): boolean {
  const words = wordsOf(callee);
  return words.some((word) => ['skip', 'todo', 'failing'].includes(word) || /^x(it|test|describe)$/.test(word));
}

function wordsOf(node: Expression | Super): readonly string[] {
  if (node.type === 'Identifier') return [node.name];
  if (node.type === 'CallExpression') return wordsOf(node.callee);
  if (node.type === 'ConditionalExpression') return [...wordsOf(node.consequent), ...wordsOf(node.alternate)];
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return [];
  return [...wordsOf(node.object), node.property.name];
}

function namesOf({ callee, arguments: given }: CallExpression): readonly string[] {
  const title = textOf(given[0]);
  if (title === null) return [];
  const table = callee.type === 'CallExpression' ? callee.arguments[0] : undefined;
  if (table?.type !== 'ArrayExpression' || !title.includes('%s')) return [title];
  const cells = table.elements.map((row) => textOf(row?.type === 'ArrayExpression' ? row.elements[0] : row));
  return cells.flatMap((cell) => (cell === null ? [] : [title.replace('%s', cell)]));
}

function textOf(node: Node | null | undefined): string | null {
  const value = (node as { value?: unknown } | null | undefined)?.value;
  if (node?.type === 'Literal' && typeof value === 'string') return value;
  if (node?.type !== 'TemplateLiteral') return null;
  return (node as unknown as { quasis: { value: { raw: string } }[] }).quasis.map((part) => part.value.raw).join('…');
}
