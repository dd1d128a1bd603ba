/** What stands at the end of a rollout's view: how it ended, or what it waits for and what a person does about it. */
import type { ShownStatus } from '../../configurator/lost.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import type { BakeProgress } from '../../domain/rollout/bake-progress.ts';
import { openMs } from '../../domain/rollout/bake-progress.ts';
import { byHandText } from '../../domain/rollout/by-hand.ts';
import { endText, timeToSafetyText, timeToUndoText } from '../../domain/rollout/outcome-text.ts';
import { RUNBOOK } from '../../domain/rollout/runbook.ts';
import { shownOptions } from '../../domain/rollout/shown.ts';
import { LOST_PHASES } from '../../domain/rollout/status.ts';
import { whatToDo } from '../../domain/rollout/what-to-do.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { minuteText } from './local-time.ts';
import type { Paint } from './paint.ts';
import { statusTone } from './phase-tone.ts';
import { shownText } from './units.ts';

interface Style {
  readonly paint: Paint;
  readonly now: number;
  readonly zone: string;
}

/** A run that is over, lost, or waits for an approval, bakes no more, whatever its watch said last. */
export function watchedBake({ status, lost, progress }: RolloutView): BakeProgress | undefined {
  return lost === null && status.outcome === null && status.phase !== 'awaitingApproval' ? progress?.bake : undefined;
}

export function endLines(view: RolloutView, style: Style): string[] {
  return view.status.outcome === null ? openEnd(view, style) : outcomeLines(view.status, style.paint);
}

/** A run that was lost waits for nothing once somebody has looked after what it left. */
export function waitingLine({ status, lost }: Pick<RolloutView, 'status' | 'lost'>): string {
  const isOver = lost !== null && lost.recovery !== null && lost.recovery.kind !== 'underWay';
  const { waitingFor, byHand } = status;
  // What is to be set by hand stands in lines of its own.
  const waited = byHand === undefined ? waitingFor : waitingFor.replace(byHandText(byHand), '').trim();
  return `${isOver ? 'since then' : 'waiting for'}: ${shownText(waited)}`;
}

function openEnd(view: RolloutView, { paint, now, zone }: Style): string[] {
  const { status, hook, lost } = view;
  const can =
    status.canDo.length === 0
      ? []
      : [`you can: ${status.canDo.map((act) => `${act}${shownOptions(act, status)}`).join(', ')}`];
  return [
    ...(status.reason === '' || status.overrides?.includes(status.reason) === true
      ? []
      : [`why: ${shownText(status.reason)}`]),
    ...(status.overrides ?? []).map((text) => paint('bad', shownText(text))),
    // Of a bake that is watched, what is missing stands at its step.
    ...(watchedBake(view) === undefined ? [waitingLine({ status, lost })] : []),
    ...(hook === undefined ? [] : [hookLine(hook)]),
    ...hoursLines(status, now, zone),
    ...deadlineLines(status, now),
    ...blindLines(status, paint, now),
    ...handLines(status, paint),
    ...todoLines(status),
    ...can,
  ];
}

/** Only where nothing goes on until a person acts. */
export function todoLines(status: ShownStatus): string[] {
  const waits = status.paused || WAITS_FOR_A_PERSON.has(status.phase);
  return waits ? [`what to do: ${whatToDo(status)}`] : [];
}

const WAITS_FOR_A_PERSON: ReadonlySet<string> = new Set(['held', 'awaitingApproval', 'needsAttention', ...LOST_PHASES]);

/** Whoever is called at night shall not have to look anything up. */
export function handLines({ byHand, links = [] }: ShownStatus, paint: Paint): string[] {
  if (byHand === undefined) return [];
  return [
    paint('bad', shownText(byHand.agentsSee)),
    `The engine goes on trying. If it is not let, set in the organisation${byHand.writes.length > 1 ? ', in this order' : ''}:`,
    ...byHand.writes.map((write, at) => `  ${at + 1}. ${shownText(write)}`),
    `How: docs/runbook.md#${RUNBOOK.byHand.anchor}`,
    ...links.map(({ name, url }) => `  ${shownText(name)}: ${url}`),
  ];
}

function hookLine({ tries, lastReply }: NonNullable<RolloutView['hook']>): string {
  return `asked ${tries === 1 ? 'once' : `${tries} times`}, last answer: ${shownText(lastReply)}`;
}

function hoursLines({ openHours }: ShownStatus, now: number, zone: string): string[] {
  if (openHours === undefined) return [];
  const { ofMs, open, endsAtMs } = openHours;
  const end = minuteText(new Date(endsAtMs).toISOString(), zone);
  return [
    `${formatDuration(openMs(openHours, now))} of ${formatDuration(ofMs)} open hours, ` +
      `${open ? 'counting' : 'standing: they are closed'}; all of it by ${end} (${zone})`,
  ];
}

/** Every wait ends: how long it may last yet, and what happens then. */
function deadlineLines({ deadline }: ShownStatus, now: number): string[] {
  if (deadline === undefined || deadline === null) return [];
  return [
    `time left: ${formatDuration(Math.max(0, Date.parse(deadline.at) - now))} for ${shownText(deadline.what)}, then: ` +
      deadline.action,
  ];
}

function blindLines({ blindSince }: ShownStatus, paint: Paint, now: number): string[] {
  return blindSince === undefined || blindSince === null
    ? []
    : [
        paint(
          'bad',
          `! nobody watches: no judge that can act has looked for ${formatDuration(now - Date.parse(blindSince))}`,
        ),
      ];
}

export function outcomeLines(status: ShownStatus, paint: Paint): string[] {
  const { safety, outcome } = status;
  const said =
    (outcome === 'promoted' || outcome === 'retired') && status.report !== null
      ? `; the judge's last word: ${status.report.verdict}`
      : '';
  return [
    paint(statusTone(status), `outcome: ${outcome ?? 'none'}`) +
      (outcome === 'rejected' ? '' : `, ${endText(status)}${said}`),
    `reason: ${shownText(status.reason)}`,
    ...(outcome === 'rolledBack' && safety !== null ? [timeToSafetyText(safety)] : []),
    ...(outcome === 'undone' && safety !== null ? [timeToUndoText(safety)] : []),
  ];
}
