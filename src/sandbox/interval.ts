/** Intervals as queries of the public API write them. */
import { z } from 'zod';
import { invalidFields } from './api-error.ts';

/** A 400 for any other text. */
export function intervalOf(interval: string): readonly [fromMs: number, toMs: number] {
  const [from, to, ...rest] = interval
    .split('/')
    .map((instant) => (isInstant(instant) ? Date.parse(instant) : Number.NaN));
  if (from !== undefined && to !== undefined && rest.length === 0 && from < to) return [from, to];
  const shape = 'yyyy-MM-ddTHH:mm:ss[.mmm]Z/yyyy-MM-ddTHH:mm:ss[.mmm]Z, the start before the end';
  throw invalidFields(
    [{ errorCode: 'invalid.date', fieldName: 'interval' }],
    [`interval: "${interval}" is not ${shape}`],
  );
}

function isInstant(text: string): boolean {
  return z.iso.datetime().safeParse(text).success;
}
