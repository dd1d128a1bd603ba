/** Routes for the person who runs this: on this machine, with the token, and only when one is configured. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Desk } from './desk.ts';
import { IngestRefusal } from './problem.ts';
import { storeRefusal } from './receive.ts';

export interface AdminParts {
  readonly desk: Desk;
  /** Null: there are no such routes. */
  readonly token: string | null;
  /** Whatever else stands in `GET /admin/stats`. */
  readonly more: () => object;
}

/** What the server hands over with a request. */
export interface Bindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } };
}

const wholeNumber = z.string().regex(/^\d{1,15}$/).transform(Number);
const listQuery = z.strictObject({
  kind: z.enum(['intake', 'forward']).optional(),
  all: z.enum(['true', 'false']).transform((text) => text === 'true').optional(),
  afterId: wholeNumber.optional(),
  limit: wholeNumber.pipe(z.number().min(1).max(1000)).optional(),
});
const statsQuery = z.strictObject({ cards: wholeNumber.pipe(z.number().min(1).max(10_000_000)).optional() });

export function createAdminRoutes({ desk, token, more }: AdminParts): Hono<{ Bindings: Bindings }> {
  const admin = new Hono<{ Bindings: Bindings }>();
  admin.use(async ({ req, env }, next) => {
    if (token === null) throw new IngestRefusal('not-found');
    const remote = env?.incoming?.socket.remoteAddress;
    if (!isLoopback(remote) || !isToken(req.header('authorization'), token)) throw new IngestRefusal('admin-refused');
    await next();
  });
  admin.get('/stats', async ({ req }) => {
    const { cards } = parse(statsQuery, req.query());
    return Response.json({ ...(await reached(desk.stats(cards))), ...more() });
  });
  admin.get('/dead-letters', async ({ req }) => Response.json({ deadLetters: await reached(desk.list(parse(listQuery, req.query()))) }));
  admin.get('/dead-letters/:id', async ({ req }) => Response.json(await reached(desk.show(idOf(req.param('id'))))));
  admin.post('/dead-letters/:id/replay', async ({ req }) => Response.json(await reached(desk.replay(idOf(req.param('id'))))));
  return admin;
}

/** What is no refusal is a store that failed. */
async function reached<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof IngestRefusal ? error : storeRefusal(error);
  }
}

/** A request that did not come over a socket (a test, an embedding program) is our own. */
function isLoopback(address: string | undefined): boolean {
  return address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** Over digests, so that the time taken tells neither the length nor a prefix. */
function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

function parse<T>(schema: z.ZodType<T>, query: Record<string, string>): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new IngestRefusal('query-invalid', parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.') || '(query)', message })));
}

function idOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new IngestRefusal('dead-letter-unknown');
}
