import type { AnyNode, Literal } from 'acorn';
import { featureAt } from './data.ts';
import { ASSERTING } from '../parse-script.ts';
import type { ScriptFeature } from './script-feature.ts';

/** The syntax that a node is written in. A browser that does not know it runs none of the script. */
export function syntaxUsage(node: AnyNode, parents: readonly AnyNode[]): ScriptFeature[] {
  const path = pathOf(node, parents);
  const own = path === undefined ? [] : [{ feature: path[0], first: featureAt('javascript', ...path.slice(1)) }];
  return node.type === 'Literal' ? ofLiteral(node) : own;
}

type Named = readonly [feature: string, ...path: string[]];

function pathOf(node: AnyNode, parents: readonly AnyNode[]): Named | undefined {
  switch (node.type) {
    case 'ChainExpression':
      return ['?.', 'operators', 'optional_chaining'];
    case 'LogicalExpression':
      return node.operator === '??' ? ['??', 'operators', 'nullish_coalescing'] : undefined;
    case 'AssignmentExpression':
      return ASSIGNMENTS[node.operator];
    case 'StaticBlock':
      return ['static { } in a class', 'classes', 'static', 'initialization_blocks'];
    case 'PropertyDefinition':
      return node.static
        ? ['static class fields', 'classes', 'static', 'class_fields']
        : node.key.type === 'PrivateIdentifier'
          ? ['private class fields', 'classes', 'private_class_fields']
          : ['class fields', 'classes', 'public_class_fields'];
    case 'MethodDefinition':
      return node.key.type === 'PrivateIdentifier'
        ? ['private class methods', 'classes', 'private_class_methods']
        : undefined;
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier'
        ? ['#field in object', 'classes', 'private_class_fields_in']
        : undefined;
    case 'ImportExpression':
      return node.options
        ? ['options of import()', 'operators', 'import', 'options_parameter']
        : ['import()', 'operators', 'import'];
    case 'MetaProperty':
      return node.meta.name === 'import' ? ['import.meta', 'operators', 'import_meta'] : undefined;
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.attributes.length === 0
        ? undefined
        : ASSERTING.has(node)
          ? ['import assertions', 'statements', 'import', 'import_assertions']
          : ['import attributes', 'statements', 'import', 'import_attributes'];
    case 'AwaitExpression':
      return parents.some(isFunction) ? undefined : ['await outside of functions', 'operators', 'await', 'top_level'];
    case 'ForOfStatement':
      return node.await ? ['for await', 'statements', 'for_await_of'] : undefined;
    case 'CatchClause':
      return node.param === null || node.param === undefined
        ? ['catch without a name', 'statements', 'try_catch', 'optional_catch_binding']
        : undefined;
    case 'VariableDeclaration':
      return DECLARATIONS[node.kind];
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return node.async && node.generator ? ['async generators', 'statements', 'async_generator_function'] : undefined;
    default:
      return undefined;
  }
}

const ASSIGNMENTS: Readonly<Record<string, Named>> = {
  '??=': ['??=', 'operators', 'nullish_coalescing_assignment'],
  '||=': ['||=', 'operators', 'logical_or_assignment'],
  '&&=': ['&&=', 'operators', 'logical_and_assignment'],
};
const DECLARATIONS: Readonly<Record<string, Named>> = {
  using: ['using', 'statements', 'using'],
  'await using': ['await using', 'statements', 'await_using'],
};

function isFunction({ type }: AnyNode): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

const IN_EXPRESSIONS: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/\(\?<[=!]/, 'lookbehind in a regular expression', ['regular_expressions', 'lookbehind_assertion']],
  [/\(\?<\w/, 'named groups in a regular expression', ['regular_expressions', 'named_capturing_group']],
  [/\\p\{/i, '\\p{…} in a regular expression', ['regular_expressions', 'unicode_character_class_escape']],
  [/\(\?[ims-]+:/, 'flags within a regular expression', ['regular_expressions', 'modifier']],
];
const FLAGS: readonly (readonly [string, string])[] = [
  ['d', 'hasIndices'],
  ['v', 'unicodeSets'],
  ['s', 'dotAll'],
];

function ofLiteral(node: Literal): ScriptFeature[] {
  const { regex, raw } = node;
  if (regex) {
    return [
      ...IN_EXPRESSIONS.filter(([pattern]) => pattern.test(regex.pattern)).map(([, feature, path]) => ({
        feature,
        first: featureAt('javascript', ...path),
      })),
      ...FLAGS.filter(([flag]) => regex.flags.includes(flag)).map(([flag, name]) => ({
        feature: `the flag ${flag} of a regular expression`,
        first: featureAt('javascript', 'builtins', 'RegExp', name),
      })),
    ];
  }
  if (typeof node.value === 'bigint')
    return [{ feature: 'BigInt', first: featureAt('javascript', 'builtins', 'BigInt') }];
  const isSplit = typeof node.value === 'number' && raw?.includes('_');
  return isSplit ? [{ feature: '_ in numbers', first: featureAt('javascript', 'grammar', 'numeric_separators') }] : [];
}
