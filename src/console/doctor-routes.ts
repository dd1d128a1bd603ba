/** What `doctor` finds where the console runs, for whoever has signed in: it names hosts and folders. */
import type { Hono } from 'hono';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';
import { doctorPage } from './views/doctor.ts';

export function addDoctor(app: Hono, parts: Parts): void {
  app.get('/doctor', async (c) => {
    const viewer = await parts.viewerOf(c);
    if (viewer.name === null)
      throw refusal('console-sign-in', 'Whoever looks at the installation signs in first.', 'Sign in.');
    return c.html(await doctorPage(await parts.examined(), viewer, parts));
  });
}
