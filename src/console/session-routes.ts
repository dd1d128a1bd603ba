/** Where people sign in and out. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { addressOf, STRANGERS_PER_MINUTE } from './parts.ts';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';
import { createRateLimit } from '../http/rate.ts';
import { readForm } from './form.ts';
import { signInPage } from './views/sign-in.ts';
import { addSignIn, ownPath } from './sign-in.ts';

const outForm = z.strictObject({ token: z.string().max(4_096) });

export function addSessions(app: Hono, parts: Parts): void {
  const { signIn, cookies, clock } = parts;
  if (signIn === null) return;
  const signIns = createRateLimit(STRANGERS_PER_MINUTE, clock);
  app.use('/sign-in/*', async (c, next) => {
    if (!signIns.take(addressOf(c)))
      throw refusal('console-too-many', 'Too many people sign in at once.', 'Wait a minute. Nothing was done.');
    await next();
  });
  app.get('/sign-in', async (c) => {
    const { issuers } = await signIn.operators.now();
    const places = issuers.flatMap(({ issuer, login }) => (login === undefined ? [] : [issuer]));
    return c.html(await signInPage(places, ownPath(c.req.query('next') ?? '/'), parts));
  });
  addSignIn(app, { ...signIn, origins: parts.origins, cookies });
  app.post('/sign-out', async (c) => {
    const { token } = await readForm(c, outForm);
    await parts.actorOf(c, token);
    signIn.sessions.end(cookies.get(c, 'session'));
    cookies.drop(c, 'session');
    return c.redirect('/', 303);
  });
}
