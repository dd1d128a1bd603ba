/** Routes for the person who runs this: on a listener of their own, with the token, and only when one is configured. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { EventsAdmin } from './events-admin.ts';
import { openapi } from '../openapi.ts';
import { IngestRefusal, problemResponse } from '../problem.ts';
import { storeRefusal } from '../intake/receive.ts';

export interface AdminParts {
  readonly admin: EventsAdmin;
  readonly token: string;
  /** Whatever else stands in `GET /admin/stats`. */
  readonly more: () => object;
}

const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const listQuery = z.strictObject({
  kind: z.enum(['intake', 'forward']).optional(),
  all: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  afterId: wholeNumber.optional(),
  limit: wholeNumber.pipe(z.number().min(1).max(1000)).optional(),
});
const statsQuery = z.strictObject({ cards: wholeNumber.pipe(z.number().min(1).max(10_000_000)).optional() });

const ALLOWED = {
  '/openapi.json': 'GET',
  '/admin/stats': 'GET',
  '/admin/dead-letters': 'GET',
  '/admin/dead-letters/:id': 'GET',
  '/admin/dead-letters/:id/replay': 'POST',
} as const;

export function createAdminApp({ admin, token, more }: AdminParts): Hono {
  const app = new Hono();
  const admits = createAdmission(token);
  app.use('/admin/*', async ({ req }, next) => {
    admits(req.header('authorization'));
    await next();
  });
  app.get('/openapi.json', () => Response.json(openapi));
  app.get('/admin/stats', async ({ req }) => {
    const { cards } = parse(statsQuery, req.query());
    return Response.json({ ...(await refuseOnFailure(admin.stats(cards))), ...more() });
  });
  app.get('/admin/dead-letters', async ({ req }) =>
    Response.json({ deadLetters: await refuseOnFailure(admin.list(parse(listQuery, req.query()))) }),
  );
  app.get('/admin/dead-letters/:id', async ({ req }) =>
    Response.json(await refuseOnFailure(admin.show(idOf(req.param('id'))))),
  );
  app.post('/admin/dead-letters/:id/replay', async ({ req }) =>
    Response.json(await refuseOnFailure(admin.replay(idOf(req.param('id'))))),
  );
  for (const [path, allow] of Object.entries(ALLOWED))
    app.all(path, () => problemResponse(new IngestRefusal('method-not-allowed'), { allow }));
  return app;
}

const MAX_WRONG_TOKENS = 10;
const WRONG_MS = 60_000;

/**
 * Throws IngestRefusal. After too many wrong tokens nobody is admitted for a minute: a guess must cost more than it
 * tells.
 */
function createAdmission(token: string): (header: string | undefined) => void {
  let wrong = 0;
  let until = -Infinity;
  return (header) => {
    if (performance.now() >= until) {
      wrong = 0;
      until = performance.now() + WRONG_MS;
    }
    if (wrong >= MAX_WRONG_TOKENS) throw new IngestRefusal('admin-locked');
    if (isToken(header, token)) return;
    wrong += 1;
    throw new IngestRefusal('admin-refused');
  };
}

/** Over digests, so that the time taken tells neither the length nor a prefix. */
function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** What is no refusal is a store that failed. */
async function refuseOnFailure<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof IngestRefusal ? error : storeRefusal(error);
  }
}

function parse<T>(schema: z.ZodType<T>, query: Record<string, string>): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new IngestRefusal(
    'query-invalid',
    parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.') || '(query)', message })),
  );
}

function idOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new IngestRefusal('dead-letter-unknown');
}
