/** A shape as scripts/orders.mjs prints it, and what stands between one release's and another's. */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'nothing'
  | 'anything'
  | { readonly is: string | number | boolean }
  | { readonly or: readonly Shape[] }
  | { readonly each: Shape }
  | { readonly row: readonly Shape[] }
  | { readonly with: Fields; readonly others?: Shape }
  | { readonly as: string };

/** A name that ends with a question mark may be left out. */
type Fields = Readonly<Record<string, Shape>>;
type Named = Readonly<Record<string, Shape>>;

export interface KeptOrders {
  /** By the name of an activity, or as `rollout update pause` of what is said to a run. */
  readonly said: Readonly<Record<string, { readonly order: Shape; readonly answer: Shape }>>;
  readonly named: Named;
}

/** A shape, and the names that it is written with. */
export interface Side {
  readonly shape: Shape;
  readonly named: Named;
}

export interface Misfit {
  /** `refused`: it is not what is expected there. `passedOver`: nobody there reads it. */
  readonly kind: 'refused' | 'passedOver';
  readonly text: string;
}

/** Empty: whatever is given is read whole. */
export function misfits(given: Side, expected: Side, path: string): readonly Misfit[] {
  return compare(given.shape, expected.shape, { path, given: given.named, expected: expected.named, seen: new Set() });
}

interface At {
  readonly path: string;
  readonly given: Named;
  readonly expected: Named;
  /** Of names that are within themselves. */
  readonly seen: ReadonlySet<string>;
}

function compare(given: Shape, expected: Shape, at: At): readonly Misfit[] {
  if (expected === 'anything') return [];
  if (typeof given === 'object' && 'as' in given) {
    const pair = `${given.as} ${JSON.stringify(expected)}`;
    if (at.seen.has(pair)) return [];
    return compare(named(given.as, at.given), expected, { ...at, seen: new Set([...at.seen, pair]) });
  }
  if (typeof expected === 'object' && 'as' in expected) return compare(given, named(expected.as, at.expected), at);
  if (typeof given === 'object' && 'or' in given) return given.or.flatMap((one) => compare(one, expected, at));
  if (typeof expected === 'object' && 'or' in expected) return leastOf(given, expected.or, at);
  if (typeof given === 'object' && typeof expected === 'object') {
    if ('with' in given && 'with' in expected) return compareFields(given, expected, at);
    if ('each' in expected && 'each' in given) return compare(given.each, expected.each, below(at, '[]'));
    if ('each' in expected && 'row' in given)
      return given.row.flatMap((one, nth) => compare(one, expected.each, below(at, `[${nth}]`)));
    if ('row' in expected && 'row' in given && expected.row.length === given.row.length)
      return given.row.flatMap((one, nth) => compare(one, expected.row[nth] ?? 'anything', below(at, `[${nth}]`)));
  }
  const isFit = JSON.stringify(given) === JSON.stringify(expected) || kindOf(given) === expected;
  return isFit ? [] : [refused(at, `${textOf(given)} is given, ${textOf(expected)} is expected`)];
}

function kindOf(shape: Shape): Shape {
  if (typeof shape !== 'object' || !('is' in shape)) return shape;
  return typeof shape.is === 'string' ? 'text' : (typeof shape.is as 'number' | 'boolean');
}

function named(name: string, all: Named): Shape {
  const shape = all[name];
  if (shape === undefined) throw new Error(`Nothing is named ${name}.`);
  return shape;
}

/** Of several that are expected it is meant to be the one that it misses by least. */
function leastOf(given: Shape, expected: readonly Shape[], at: At): readonly Misfit[] {
  const all = expected.map((one) => compare(given, one, at)).toSorted((one, other) => costOf(one) - costOf(other));
  const [least = []] = all;
  const refusals = least.filter(({ kind }) => kind === 'refused');
  if (refusals.length === 0 || (typeof given === 'object' && 'with' in given)) return least;
  return [refused(at, `${textOf(given)} is given, ${expected.map(textOf).join(' or ')} is expected`)];
}

/** What says which kind of thing it is weighs most. */
function costOf(found: readonly Misfit[]): number {
  return found.reduce(
    (sum, { kind, text }) => sum + (kind === 'passedOver' ? 1 : /\.kind: |: "/.test(text) ? 1e6 : 1e3),
    0,
  );
}

type Fielded = Extract<Shape, { readonly with: Fields }>;

function compareFields(given: Fielded, expected: Fielded, at: At): readonly Misfit[] {
  const all = new Map(Object.entries(expected.with).map(([name, shape]) => [bare(name), { name, shape }]));
  return [
    ...Object.entries(given.with).flatMap(([name, shape]) => {
      const here = below(at, `.${bare(name)}`);
      const known = all.get(bare(name));
      if (known === undefined)
        return expected.others === undefined
          ? [{ kind: 'passedOver' as const, text: here.path }]
          : compare(shape, expected.others, here);
      const gap = mayBeLeftOut(name) && !mayBeLeftOut(known.name) && !takesNothing(known.shape, at);
      return [
        ...(gap ? [refused(here, 'may be left out, and is expected')] : []),
        ...compare(shape, known.shape, here),
      ];
    }),
    ...[...all.values()]
      .filter(({ name }) => !mayBeLeftOut(name) && !(name in given.with) && !(`${name}?` in given.with))
      .map(({ name }) => refused(below(at, `.${name}`), 'is never given, and is expected')),
    ...(given.others !== undefined && expected.others !== undefined
      ? compare(given.others, expected.others, below(at, '.*'))
      : []),
  ];
}

function takesNothing(shape: Shape, { expected }: At): boolean {
  if (shape === 'anything') return true;
  return typeof shape === 'object' && 'as' in shape && expected[shape.as] === 'anything';
}

function bare(name: string): string {
  return mayBeLeftOut(name) ? name.slice(0, -1) : name;
}

function mayBeLeftOut(name: string): boolean {
  return name.endsWith('?');
}

function below(at: At, part: string): At {
  return { ...at, path: `${at.path}${part}` };
}

function refused({ path }: At, text: string): Misfit {
  return { kind: 'refused', text: `${path}: ${text}` };
}

function textOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if ('is' in shape) return JSON.stringify(shape.is);
  if ('or' in shape) return shape.or.map(textOf).join(' or ');
  if ('as' in shape) return shape.as;
  return 'with' in shape ? 'an object' : 'a list';
}

/** Of a value as it was written to a history. */
export function shapeOf(value: unknown): Shape {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return { row: value.map(shapeOf) };
  if (typeof value === 'object')
    return { with: Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)])) };
  return { is: value as string | number | boolean };
}
