// Prints what the type `Said` (test/upgrades/orders/said.ts) is as JSON: of every activity, workflow, update, query and
// signal, what it is given and what it gives back. A shape is "text" | "number" | "boolean" | "nothing" | "anything", { is } a literal, { or } one of several,
// { each } a list, { row } a list of fixed length, { with, others } an object, and { as } the name of one under `named`.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API, TypeFlags } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('..', import.meta.url));
const config = join(root, 'tsconfig.json');
const file = join(root, 'test', 'upgrades', 'orders', 'said.ts');

const api = new API({ cwd: root });
try {
  process.stdout.write(`${JSON.stringify(read(), null, 1)}\n`);
} finally {
  api.close();
}

function read() {
  const { checker, program } = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const said = checker.getExportsOfModule(module).find(({ name }) => name === 'Said');
  const shapes = shapesBy(checker);
  const all = Object.fromEntries(
    sorted(shapes.propertiesOf(checker.getDeclaredTypeOfSymbol(said))).map(([name, type]) => [
      name,
      Object.fromEntries(shapes.propertiesOf(type).map(([part, of]) => [part, shapes.of(of, `${name}.${part}`)])),
    ]),
  );
  return { said: all, named: Object.fromEntries(sorted(Object.entries(shapes.named))) };
}

function sorted(entries) {
  return entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function shapesBy(checker) {
  const named = {};
  const nameById = new Map();
  const propertiesOf = (type) =>
    checker.getPropertiesOfType(type).map((symbol) => [symbol.name, checker.getTypeOfSymbol(symbol), symbol]);

  function of(type, where) {
    if (type === undefined || type.isErrorType()) throw new Error(`${where} has no type.`);
    const { flags } = type;
    if (flags & TypeFlags.AnyOrUnknown) return 'anything';
    if (flags & (TypeFlags.Void | TypeFlags.Undefined | TypeFlags.Null)) return 'nothing';
    if (type.isLiteralType()) return { is: type.value };
    if (flags & TypeFlags.Boolean) return 'boolean';
    if (flags & (TypeFlags.StringLike | TypeFlags.TemplateLiteral)) return 'text';
    if (flags & TypeFlags.NumberLike) return 'number';
    if (type.isUnionType()) return union(type.getTypes(), where);
    if (flags & TypeFlags.NonPrimitive) return { with: {} };
    if (flags & (TypeFlags.Object | TypeFlags.Intersection)) return object(type, where);
    throw new Error(`${where} is ${checker.typeToString(type)}, which is no JSON.`);
  }

  function union(types, where) {
    const all = new Map(types.map((type) => of(type, where)).map((shape) => [JSON.stringify(shape), shape]));
    if (all.delete('{"is":true}')) {
      if (all.delete('{"is":false}')) all.set('"boolean"', 'boolean');
      else all.set('{"is":true}', { is: true });
    }
    const shapes = sorted([...all]).map(([, shape]) => shape);
    return shapes.length === 1 ? shapes[0] : { or: shapes };
  }

  function object(type, where) {
    if (checker.isTupleType(type))
      return { row: checker.getTypeArguments(type).map((one, at) => of(one, `${where}[${at}]`)) };
    if (checker.isArrayType(type)) return { each: of(checker.getTypeArguments(type)[0], `${where}[]`) };
    const name = nameOf(type);
    if (name === null) return fields(type, where);
    if (!(name in named)) {
      named[name] = null;
      named[name] = fields(type, name);
    }
    return { as: name };
  }

  /** Null: it has no name of its own, or one that means something else each time. */
  function nameOf(type) {
    const alias = type.getAliasSymbol();
    if (alias !== undefined && type.getAliasTypeArguments().length > 0) return null;
    const { name = '__type' } = alias ?? type.getSymbol() ?? {};
    if (name.startsWith('__')) return null;
    const known = nameById.get(type.id);
    if (known !== undefined) return known;
    const taken = new Set(nameById.values());
    let free = name;
    for (let nth = 2; taken.has(free); nth += 1) free = `${name} ${nth}`;
    nameById.set(type.id, free);
    return free;
  }

  function fields(type, where) {
    const known = sorted(propertiesOf(type)).map(([name, one, symbol]) => {
      const path = `${where}.${name}`;
      const members = one?.isUnionType() ? one.getTypes() : [one];
      const present = members.filter(({ flags }) => !(flags & TypeFlags.Undefined));
      const mayBeLeftOut = present.length < members.length || isOptional(symbol);
      return [`${name}${mayBeLeftOut ? '?' : ''}`, present.length === 1 ? of(present[0], path) : union(present, path)];
    });
    const [index] = checker.getIndexInfosOfType(type);
    return {
      with: Object.fromEntries(known),
      ...(index !== undefined && { others: of(index.valueType, `${where}.*`) }),
    };
  }

  return { of, named, propertiesOf };
}

/** SymbolFlags.Optional */
function isOptional({ flags }) {
  return (flags & 16777216) !== 0;
}
