/** What an address asks for, held to its shape: hostile or mistyped, it is one sentence, and no store is asked. */
import type { Context } from 'hono';
import { z } from 'zod';
import { actionProblem } from '../domain/plan/identity.ts';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';
import type { Viewer } from './viewer.ts';

export interface Asked {
  readonly viewer: Viewer;
  readonly action: string;
  readonly run: string | undefined;
  readonly rollout: string | undefined;
}

/** As Temporal makes them. */
const id = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'it is no id')
  .optional();
const runQuery = z.object({ run: id, rollout: id });

/** Whoever may not see the action is told so, whether or not there is one. */
export async function askedOf(parts: Pick<Parts, 'viewerOf'>, c: Context): Promise<Asked> {
  const viewer = await parts.viewerOf(c);
  const action = c.req.param('action') ?? '';
  const unfit = actionProblem(action);
  if (unfit !== null) throw refusal('console-not-found', `There is no such action: ${unfit}`, 'Go to the list.');
  const why = viewer.refusalOf('view', action);
  if (why !== null) throw refusal('console-not-allowed', why, 'An admin grants it in operators.yaml.');
  const { run, rollout } = readQuery(c, runQuery);
  return { viewer, action, run, rollout };
}

/** Throws one refusal with all that is wrong. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  const parsed = schema.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw refusal('console-form-invalid', `The address cannot be read: ${wrong}.`, 'Mend it, or go to the list.');
}
