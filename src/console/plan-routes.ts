/** The editor of plans: text in; what is wrong with it, and what to expect of it, out. */
import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import type { Parts } from './parts.ts';
import { BEGUN, formId, readForm } from './form.ts';
import { createKept } from './kept.ts';
import { refusal } from './refusal.ts';
import { planFragments, planPage } from './views/plan.ts';

const text = z.string().max(1024 * 1024, 'it has more than a million characters');
const cardsPerHour = z
  .string()
  .regex(/^\d{1,9}$/, 'it is no whole number')
  .transform(Number)
  .optional();
/** The same in a form that is sent twice. */
const once = z.string().max(64).optional();
const checkForm = z.strictObject({
  token: z.string().max(4_096),
  plan: text.default(''),
  cardsPerHour,
  /** The simulation takes seconds. */
  forecast: z.literal('yes').optional(),
  reason: z.string().max(MAX_REASON_LENGTH).optional(),
  once,
});
const startForm = z.strictObject({
  token: z.string().max(4_096),
  plan: text,
  cardsPerHour,
  reason: z.string().trim().min(1, 'it is empty; say why').max(MAX_REASON_LENGTH),
  force: z.literal('yes').optional(),
  once,
});

export function addPlans(app: Hono, parts: Parts): void {
  const { plans } = parts;
  const begun = createKept<void>({ ...BEGUN, clock: parts.clock });
  app.get('/plan', async (c) => {
    const viewer = await parts.viewerOf(c);
    return c.html(
      await planPage(
        { text: '', cardsPerHour: null, reason: '', look: null, forecast: null, once: randomUUID() },
        viewer,
        parts,
      ),
    );
  });
  app.post('/plan/check', async (c) => {
    const form = await readForm(c, checkForm);
    const viewer = await parts.actorOf(c, form.token, 'look');
    const look = await plans.look(form.plan);
    const isAsked = look.plan !== null && form.forecast === 'yes';
    const forecast = isAsked ? await plans.forecast(look.plan, form.cardsPerHour ?? null) : null;
    const edited = {
      text: form.plan,
      cardsPerHour: form.cardsPerHour ?? null,
      reason: form.reason ?? '',
      look,
      forecast,
      once: randomUUID(),
    };
    if (wantsFragments(c)) return c.json(await planFragments(edited));
    return c.html(await planPage(edited, viewer, parts));
  });
  app.post('/plan/start', async (c) => {
    const form = await readForm(c, startForm);
    const viewer = await parts.actorOf(c, form.token);
    const look = await plans.look(form.plan);
    if (look.plan === null) {
      const edited = {
        text: form.plan,
        cardsPerHour: null,
        reason: form.reason,
        look,
        forecast: null,
        once: randomUUID(),
      };
      return c.html(await planPage(edited, viewer, parts), 422);
    }
    const { action } = look.plan;
    const why = viewer.refusalOf('start', action.name);
    if (why !== null) throw refusal('console-not-allowed', why, 'Nothing was started.');
    const said = { by: viewer.name, reason: form.reason, ...(form.force === 'yes' && { force: true }) };
    const { plan } = look;
    const start = async (): Promise<void> => {
      await viewer.engine.startRollout(plan, said);
      parts.logger?.info({ by: viewer.name, action: action.name, version: action.version }, 'rollout started');
    };
    // Another plan out of the same page is another start.
    await (form.once === undefined ? start() : begun.of(formId([viewer.countedAs, form]), start));
    return c.redirect(`/rollouts/${encodeURIComponent(action.name)}?done=start.begun`, 303);
  });
}

function wantsFragments(c: Context): boolean {
  return (c.req.header('accept') ?? '').startsWith('application/json');
}
