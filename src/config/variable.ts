/** One variable of the environment, and its place in the configuration file. */
import type { z } from 'zod';
import type { Shape } from './shapes.ts';

export interface Variable<S extends z.ZodType = z.ZodType> {
  /** Its place in the file, such as `events.port`; null: it belongs to the terminal or the machine alone. */
  readonly key: string | null;
  readonly shape: Shape;
  readonly schema: S;
  /** Markdown, in docs/. */
  readonly meaning: string;
  /** What it is where nobody sets it, as a value; null: it is not set then. */
  readonly default: string | null;
  /** What happens where nobody sets it, for people. */
  readonly unset: string;
  /** `<NAME>_FILE` may name a file that holds it; `secret`: it is never shown, and stands in no configuration file. */
  readonly inFile: 'secret' | 'open' | null;
}

interface Words {
  readonly meaning: string;
  /** Where it is not set. */
  readonly unset?: string;
}

/** What need not be set. */
export function optional<S extends z.ZodType>(key: string | null, shape: Shape<S>, words: Words) {
  return variable(key, shape, shape.schema.optional(), { ...words, default: null, inFile: null });
}

/** What is `value` where it is not set. */
export function withDefault<S extends z.ZodType>(
  key: string,
  shape: Shape<S>,
  value: z.input<S> & string,
  words: Words,
) {
  return variable(key, shape, shape.schema.prefault(value as never), { ...words, default: value, inFile: null });
}

/** What no eye is for. */
export function secret<S extends z.ZodType>(key: string, shape: Shape<S>, words: Words) {
  return { ...variable(key, shape, shape.schema.optional(), { ...words, default: null }), inFile: 'secret' as const };
}

/** No secret, but it comes beside one. */
export function besideSecret<S extends z.ZodType>(key: string, shape: Shape<S>, words: Words) {
  return { ...variable(key, shape, shape.schema.optional(), { ...words, default: null }), inFile: 'open' as const };
}

function variable<S extends z.ZodType, I extends Variable['inFile']>(
  key: string | null,
  shape: Shape,
  schema: S,
  more: Words & { readonly default: string | null; readonly inFile?: I },
) {
  return { inFile: null, key, shape, schema, unset: '', ...more } as Variable<S> & { readonly inFile: I };
}
