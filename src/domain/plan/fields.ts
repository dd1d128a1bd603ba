import { z } from 'zod';
import type { Fault } from './problem.ts';

/** What an editor shows for a field. */
export interface FieldHelp {
  /** Absent: `anyOf` says more. */
  readonly type?: 'string' | 'number' | 'object';
  readonly anyOf?: readonly Omit<FieldHelp, 'description'>[];
  readonly description: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Omit<FieldHelp, 'description'>>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

/**
 * A field with a reader of its own, so that its faults carry our code and words whatever was written there. The JSON
 * schema takes the help; zod only sees `unknown`.
 */
export function readField<T extends string | number | object>(help: FieldHelp, read: (value: unknown) => T | Fault) {
  return z
    .unknown()
    .meta({ ...help })
    .transform((value, ctx): T => {
      if (value === undefined) {
        ctx.addIssue({ code: 'invalid_type', expected: help.type ?? 'string', input: value });
        return z.NEVER;
      }
      const result = read(value);
      if (!isFault(result)) return result;
      addFault(ctx, result);
      return z.NEVER;
    });
}

/** Reports a fault of our own at `path` below the value being parsed. */
export function addFault(ctx: z.core.$RefinementCtx, fault: Fault, path: PropertyKey[] = []): void {
  ctx.addIssue({ code: 'custom', message: fault.message, params: { fault }, path, input: ctx.value });
}

function isFault(result: unknown): result is Fault {
  return typeof result === 'object' && result !== null && 'code' in result && 'remedy' in result;
}
