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
type NameOf<Type extends AnyNode['type']> = (
  node: Extract<AnyNode, { readonly type: Type }>,
  parents: readonly AnyNode[],
) => Named | undefined;

const SYNTAX: { readonly [Type in AnyNode['type']]?: NameOf<Type> } = {
  ChainExpression: () => ['?.', 'operators', 'optional_chaining'],
  LogicalExpression: ({ operator }) => (operator === '??' ? ['??', 'operators', 'nullish_coalescing'] : undefined),
  AssignmentExpression: ({ operator }) => ASSIGNMENTS[operator],
  StaticBlock: () => ['static { } in a class', 'classes', 'static', 'initialization_blocks'],
  PropertyDefinition: (node) => ofField(node.static, node.key),
  MethodDefinition: ({ key }) =>
    key.type === 'PrivateIdentifier' ? ['private class methods', 'classes', 'private_class_methods'] : undefined,
  BinaryExpression: ({ left }) =>
    left.type === 'PrivateIdentifier' ? ['#field in object', 'classes', 'private_class_fields_in'] : undefined,
  ImportExpression: ({ options }) =>
    options ? ['options of import()', 'operators', 'import', 'options_parameter'] : ['import()', 'operators', 'import'],
  MetaProperty: ({ meta }) => (meta.name === 'import' ? ['import.meta', 'operators', 'import_meta'] : undefined),
  ImportDeclaration: ofAttributes,
  ExportNamedDeclaration: ofAttributes,
  ExportAllDeclaration: ofAttributes,
  AwaitExpression: (_node, parents) =>
    parents.some(isFunction) ? undefined : ['await outside of functions', 'operators', 'await', 'top_level'],
  ForOfStatement: (node) => (node.await ? ['for await', 'statements', 'for_await_of'] : undefined),
  CatchClause: ({ param }) =>
    param == null ? ['catch without a name', 'statements', 'try_catch', 'optional_catch_binding'] : undefined,
  VariableDeclaration: ({ kind }) => DECLARATIONS[kind],
  FunctionDeclaration: ofGenerator,
  FunctionExpression: ofGenerator,
};

function pathOf(node: AnyNode, parents: readonly AnyNode[]): Named | undefined {
  const nameOf = SYNTAX[node.type] as NameOf<AnyNode['type']> | undefined;
  return nameOf?.(node, parents);
}

function ofField(isStatic: boolean, key: AnyNode): Named {
  if (isStatic) return ['static class fields', 'classes', 'static', 'class_fields'];
  return key.type === 'PrivateIdentifier'
    ? ['private class fields', 'classes', 'private_class_fields']
    : ['class fields', 'classes', 'public_class_fields'];
}

function ofAttributes(node: AnyNode & { readonly attributes: readonly unknown[] }): Named | undefined {
  if (node.attributes.length === 0) return undefined;
  return ASSERTING.has(node)
    ? ['import assertions', 'statements', 'import', 'import_assertions']
    : ['import attributes', 'statements', 'import', 'import_attributes'];
}

function ofGenerator(node: { readonly async: boolean; readonly generator: boolean }): Named | undefined {
  return node.async && node.generator ? ['async generators', 'statements', 'async_generator_function'] : undefined;
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
