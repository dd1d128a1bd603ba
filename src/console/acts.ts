/** Acts from a page: each goes through the configurator as those of the command line do, in the name of whoever looks. */
import { z } from 'zod';
import type { Configurator } from '../configurator.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { ACTS } from '../domain/rollout/acts.ts';
import type { Act } from '../domain/rollout/acts.ts';
import { figuresText, notSafeText, rowNamed } from '../domain/rollout/overrides.ts';
import { canName } from '../domain/rollout/shown.ts';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import { formId } from './form.ts';
import { refusal } from './refusal.ts';
import { isAsShown, MAX_SHOWN_LENGTH } from './shown.ts';
import type { Viewer } from './viewer.ts';

/** What a page can ask for beside the acts of a rollout that runs. */
const MORE_ACTS = ['undo', 'recover'] as const;
export type PageAct = Act | (typeof MORE_ACTS)[number];
const PAGE_ACTS: readonly PageAct[] = [...ACTS, ...MORE_ACTS];

/** Each begins something of its own; the others are told to the run that there is, which takes the same form once. */
export function isBegun(act: PageAct): boolean {
  return MORE_ACTS.some((one) => one === act);
}

/** They reach what agents see at once, and are asked about twice. */
const CONFIRMED: readonly PageAct[] = ['abort', 'promote', 'override', 'undo', 'recover'];

const number = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(low).max(high));

export const actForm = z.strictObject({
  token: z.string().max(4_096),
  reason: z.string().trim().max(MAX_REASON_LENGTH, `it is longer than ${MAX_REASON_LENGTH} characters`).default(''),
  /** The run, pause and step that the page showed. */
  run: z.string().max(64).optional(),
  pause: number(0, 999_999).optional(),
  step: number(1, 999).optional(),
  /** The same in a form that is sent twice. */
  once: z.string().max(64).optional(),
  confirmed: z.literal('yes').optional(),
  /** What was shown when it was asked about. */
  shown: z.string().max(MAX_SHOWN_LENGTH).optional(),
  guardrail: z.string().max(200).optional(),
  approvals: z.literal('true').optional(),
  window: z.literal('true').optional(),
  minutes: number(1, 10_080).optional(),
  to: z.string().max(64).optional(),
});
export type ActForm = z.output<typeof actForm>;

export function pageActOf(name: string): PageAct {
  const act = PAGE_ACTS.find((one) => one === name);
  if (act === undefined)
    throw refusal(
      'console-not-found',
      `There is no act ${JSON.stringify(name)}.`,
      'Open the rollout, and act from there.',
    );
  return act;
}

/** What it would do, with the figures as they are now; null: it is not asked about, or what was confirmed is so. */
export function toConfirm(
  act: PageAct,
  action: string,
  form: ActForm,
  view: RolloutView | null,
): readonly string[] | null {
  if (!CONFIRMED.includes(act)) return null;
  if (form.confirmed !== 'yes') return asked(act, action, form, view);
  return isAsShown(form.shown, { act, ...form }, view)
    ? null
    : [
        'Nothing was done yet: it is not as you were shown any more. This is how it is now.',
        ...asked(act, action, form, view),
      ];
}

function asked(act: PageAct, action: string, form: ActForm, view: RolloutView | null): readonly string[] {
  const shown = view === null ? action : `${view.status.action} ${view.status.version}`;
  switch (act) {
    case 'abort':
      return [`This rolls ${shown} back now: the version that served before is put back to 100 %, and read back.`];
    case 'promote': {
      const unproven = view === null ? null : notSafeText(view.progress?.report ?? view.status.report);
      return unproven === null
        ? [`This shows ${shown} to 100 % of agents, and takes the version that served before from them.`]
        : [
            `This shows 100 % of agents a version that is not proven: ${shown}, ${unproven}.`,
            `It stands on record as an override by you, and lapses unless it takes effect within ${PROMOTE_MINUTES} minutes.`,
          ];
    }
    case 'override':
      return [
        `${overrideText(form, view)} It holds for ${form.minutes ?? OVERRIDE_MINUTES} minutes, and stands on record as an override by you.`,
      ];
    case 'undo':
      return [`This goes back to ${form.to ?? 'the last version that was proven'}; agents no longer see ${shown}.`];
    case 'recover':
      return [`This brings the baseline of ${action} back to 100 % of conversations, and reads it back.`];
    default:
      return [];
  }
}

function overrideText({ guardrail, window }: ActForm, view: RolloutView | null): string {
  if (window !== undefined)
    return `This lets its splits rise though the change window is closed${view === null ? '' : `. It waits for ${view.status.waitingFor}`}.`;
  if (guardrail === undefined) return 'This lets all approvals pass that are still to come.';
  const row = view === null ? undefined : rowNamed(view.progress?.report ?? view.status.report, guardrail);
  return `This lets harm pass, as it is shown now and as much worse as the plan tolerates: ${row === undefined ? guardrail : figuresText(row)}.`;
}

const PROMOTE_MINUTES = 10;
const OVERRIDE_MINUTES = 60;

export interface ToTake {
  readonly act: PageAct;
  readonly action: string;
  readonly form: ActForm;
  readonly view: RolloutView | null;
  readonly nowMs: number;
}

/** What has become of it. What is refused is thrown, and nothing was changed. */
export async function take(
  viewer: Viewer & { readonly name: string; readonly engine: Configurator },
  asked: ToTake,
): Promise<Become> {
  const { act, action, form } = asked;
  const { engine, name: by } = viewer;
  const said = { by, reason: form.reason };
  if (act === 'undo') {
    await engine.undo(action, { ...said, ...(form.to !== undefined && { to: form.to }) });
    return 'begun';
  }
  if (act === 'recover') return (await engine.recover(action, said)).recovery.kind === 'underWay' ? 'begun' : 'taken';
  const { run, once } = form;
  const updateId = once === undefined ? {} : { updateId: actId(viewer, asked) };
  const { delivered } = await engine.act(act, action, { ...said, ...shownOf(asked), ...moreOf(asked) }, run, updateId);
  return delivered === 'stored' ? 'stored' : 'taken';
}

const BECOME = {
  taken: 'taken.',
  stored: 'stored. No worker has answered; it takes effect as soon as one runs.',
  begun: 'begun.',
} as const;
export type Become = keyof typeof BECOME;

/** Of `act.become` in an address: nothing but what we say ourselves is shown. */
export function doneText(done: string | undefined): string | null {
  const [act = '', become = ''] = (done ?? '').split('.');
  const isKnown = act === 'start' || PAGE_ACTS.some((one) => one === act);
  return isKnown && Object.hasOwn(BECOME, become) ? `${act}: ${BECOME[become as Become]}` : null;
}

/** The pause and the step that whoever acts has seen; another one refuses it. */
function shownOf({ act, form: { pause, step } }: ToTake): { readonly pause?: number; readonly step?: number } {
  const names = canName(act);
  return {
    ...(names.pause && pause !== undefined && { pause }),
    ...(names.step && step !== undefined && { step }),
  };
}

function moreOf({ act, form, view, nowMs }: ToTake): object {
  const inMinutes = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();
  if (act === 'promote' && view !== null && notSafeText(view.progress?.report ?? view.status.report) !== null)
    return { expiresAt: inMinutes(PROMOTE_MINUTES) };
  if (act !== 'override') return {};
  const { guardrail, approvals, window, minutes = OVERRIDE_MINUTES } = form;
  return {
    until: inMinutes(minutes),
    ...(guardrail !== undefined && { guardrail }),
    ...(approvals !== undefined && { approvals: true as const }),
    ...(window !== undefined && { window: true as const }),
  };
}

export function actId({ countedAs }: Viewer, { act, action, form }: ToTake): string {
  return formId([countedAs, act, action, form.run ?? null, form.once]);
}
