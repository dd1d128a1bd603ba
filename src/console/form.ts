/** What comes in as a form, held to its shape. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { z } from 'zod';
import { AssistError } from '../configurator/errors.ts';
import { refusal } from './refusal.ts';

/** Throws one refusal with all that is wrong, in the words of the form. */
export async function readForm<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw unfit('it is no form');
  const parsed = schema.safeParse(await fieldsOf(c));
  if (parsed.success) return parsed.data;
  throw unfit(
    parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; '),
  );
}

/** The last of each name; fields that were left empty were not given. */
async function fieldsOf(c: Context): Promise<Readonly<Record<string, string>>> {
  try {
    const given = [...new URLSearchParams(await c.req.text())].filter(([, value]) => value !== '');
    return Object.fromEntries(given);
  } catch (error) {
    if (error instanceof AssistError) throw error;
    throw unfit('it did not come whole');
  }
}

function unfit(why: string): AssistError {
  return refusal(
    'console-form-invalid',
    `The form is not as expected: ${why}.`,
    'Open the page again. Nothing was done.',
  );
}

/** Of who sent it and what is in it: sent twice, it is taken once. */
export function formId(what: readonly unknown[]): string {
  return `console-${createHash('sha256').update(JSON.stringify(what)).digest('base64url')}`;
}

/**
 * What forms have begun: one that is clicked twice is answered with what the first click began. Later it is another act,
 * for what was begun may be over: then it begins anew, and where it goes on it is refused.
 */
export const BEGUN = { most: 1_000, forMs: 10_000 } as const;
