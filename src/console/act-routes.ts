/** Forms that act. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Hono } from 'hono';
import type { RolloutView } from '../configurator/rollouts.ts';
import { actForm, actId, isBegun, pageActOf, take, toConfirm } from './acts.ts';
import type { ActForm, Become, PageAct } from './acts.ts';
import type { Parts } from './parts.ts';
import { BEGUN, readForm } from './form.ts';
import { createKept } from './kept.ts';
import type { Kept } from './kept.ts';
import { refusal } from './refusal.ts';
import { shownText } from './shown.ts';
import { confirmPage } from './views/confirm.ts';

export function addActs(app: Hono, parts: Parts): void {
  const begun = createKept<Become>({ ...BEGUN, clock: parts.clock });
  app.post('/rollouts/:action/acts/:act', (c) => act(parts, c, begun));
}

async function act(parts: Parts, c: Context, begun: Kept<Become>): Promise<Response> {
  const form = await readForm(c, actForm);
  const viewer = await parts.actorOf(c, form.token);
  const action = c.req.param('action') ?? '';
  const name = pageActOf(c.req.param('act') ?? '');
  if (form.reason === '')
    throw refusal(
      'console-form-invalid',
      `Cannot ${name}: no reason is given.`,
      'Say why: it stands in the audit log. Nothing was done.',
    );
  const view = await viewOf(parts, action, form, name);
  const says = toConfirm(name, action, form, view);
  if (says !== null) {
    const shown = shownText({ act: name, ...form }, view);
    return c.html(await confirmPage({ act: name, action, form: { ...form, shown }, says }, viewer, parts));
  }
  const asked = { act: name, action, form, view, nowMs: parts.now() };
  const takeIt = (): Promise<Become> => take(viewer, asked);
  const done = await (isBegun(name) && form.once !== undefined ? begun.of(actId(viewer, asked), takeIt) : takeIt());
  parts.logger?.info({ by: viewer.name, act: name, action }, 'act taken');
  return c.redirect(`/rollouts/${encodeURIComponent(action)}?done=${name}.${done}`, 303);
}

/** The question about a brake waits no longer for what it is about; it only names the version. */
const BRAKE_WAITS_MS = 500;

/** What the question is about; a brake does not wait for whoever does not answer. */
async function viewOf(
  parts: Parts,
  action: string,
  { run, confirmed }: ActForm,
  name: PageAct,
): Promise<RolloutView | null> {
  const isBrake = name === 'abort';
  if ((name !== 'promote' && name !== 'override' && !isBrake) || (isBrake && confirmed === 'yes')) return null;
  const look = parts.watches.look(action, run).then(({ view }) => view);
  if (!isBrake) return look;
  return Promise.race([look.catch(() => null), sleep(BRAKE_WAITS_MS, null, { ref: false })]);
}
