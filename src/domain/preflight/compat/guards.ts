import type { AnyNode, Program } from 'acorn';
import { full } from 'acorn-walk';

/**
 * Names that a script asks for before it uses them: `typeof x`, `'x' in y`, `if (y.x)`, `y.x && ...`, `y.x?.()`. What
 * stands
 * under such a name is only used where it is there.
 */
export function guardedNames(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  full(program, (node) => {
    for (const name of namesAskedBy(node)) names.add(name);
  });
  return names;
}

function namesAskedBy(node: AnyNode): string[] {
  if (node.type === 'UnaryExpression') return node.operator === 'typeof' ? namesIn(node.argument) : [];
  if (node.type === 'BinaryExpression' && node.operator === 'in')
    return node.left.type === 'Literal' ? [String(node.left.value)] : [];
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') return namesIn(node.test);
  if (node.type === 'LogicalExpression') return namesIn(latest(node.left));
  if (node.type === 'CallExpression' && node.optional) return namesIn(node.callee);
  if (node.type === 'MemberExpression' && node.optional) return namesIn(node.object);
  return [];
}

/** `a` of `a && b`, but only `b` of `(a && b) && c`: the rest is asked by that which stands in the brackets. */
function latest(left: AnyNode): AnyNode {
  return left.type === 'LogicalExpression' ? left.right : left;
}

/** Of a value that is asked for its being there, not of one that is compared or called. */
function namesIn(node: AnyNode, names: string[] = []): string[] {
  if (node.type === 'Identifier') names.push(node.name);
  else if (node.type === 'UnaryExpression' && node.operator === '!') namesIn(node.argument, names);
  else if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier')
    names.push(node.property.name);
  else if (node.type === 'ChainExpression') namesIn(node.expression, names);
  else if (node.type === 'LogicalExpression') {
    namesIn(node.left, names);
    namesIn(node.right, names);
  }
  return names;
}
