/** `/api/v2/routing/settings/transcription` */
import { Hono } from 'hono';
import { parseBody } from './api-error.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { transcriptionSchema } from './transcription.ts';

const PUT_SCHEMA = transcriptionSchema.partial().required({
  transcription: true,
  transcriptionConfidenceThreshold: true,
});

export function transcriptionRoutes({ transcription }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const edit = requireRight('routing', 'routing:transcriptionSettings:edit');
  app.get('/', requireRight('routing:readonly', 'routing:transcriptionSettings:view'), (c) =>
    c.json(transcription.get()),
  );
  app.put('/', edit, async (c) => {
    transcription.change(parseBody(PUT_SCHEMA, await jsonBody(c)));
    return c.json(transcription.get());
  });
  app.patch('/', edit, async (c) => {
    transcription.change(parseBody(transcriptionSchema.partial(), await jsonBody(c)));
    return c.json(transcription.get());
  });
  return app;
}
