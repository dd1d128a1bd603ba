/** The steps of a rollout, and how far the one at hand has come: what is there, what is missing, how long yet. */
import type { BakeProgress } from '../../domain/rollout/bake-progress.ts';
import { bakeConditions, bakeShare, openMs } from '../../domain/rollout/bake-progress.ts';
import type { JudgeReport } from '../../domain/judge/types.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import type { ShownStatus } from '../../configurator/lost.ts';
import type { StepStatus } from '../../workflows/messages.ts';
import type { Block } from './fit.ts';
import type { Paint } from './paint.ts';
import { shownText } from './units.ts';
import { wrapLine } from './wrap.ts';

const MARKS: Readonly<Record<StepStatus['state'], string>> = {
  done: '✔',
  running: '▶',
  pending: '·',
  stopped: '✖',
  skipped: '–',
};
const COLLAPSED = 40;

interface Style {
  readonly paint: Paint;
  readonly now: number;
  readonly columns: number;
}

/** `bake`: of the bake that is watched now, if one is; `report`: what the judge says in it. */
export function stepsBlock(
  status: ShownStatus,
  bake: BakeProgress | undefined,
  report: JudgeReport | null,
  style: Style,
): Block {
  const { steps } = status;
  const at = steps.findIndex(({ state }) => state === 'running');
  const progress = bake === undefined || report === null ? [] : bakeLines(bake, report, status, style);
  const all = steps.flatMap((step, index) => [
    ...stepLine(step, style),
    ...(index === at ? progress.map((line) => `     ${line}`) : []),
  ]);
  // The last judged stage is no step of the plan.
  const lines = at >= 0 ? all : [...all, ...progress];
  const running = steps[at];
  const around = [
    ...rest(steps.slice(0, Math.max(0, at)), 'before'),
    ...(running === undefined ? rest(steps, 'in all') : stepLine(running, style)),
    ...progress.map((line) => `     ${line}`),
    ...(at < 0 ? [] : rest(steps.slice(at + 1), 'to come')),
  ];
  return { lines, less: [{ cost: COLLAPSED, lines: around.length < lines.length ? around : lines }] };
}

function stepLine({ index, label, state }: StepStatus, { paint, columns }: Style): string[] {
  const lines = wrapLine(`${MARKS[state]} ${index + 1}. ${shownText(label)}`, columns);
  return lines.map((line) => paint(state === 'running' ? 'bold' : 'dim', line));
}

function rest(steps: readonly StepStatus[], where: string): string[] {
  const first = steps[0];
  if (first === undefined) return [];
  const mark = MARKS[steps.every(({ state }) => state === first.state) ? first.state : 'pending'];
  return [`${mark} ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} ${where}`];
}

const BAR = 20;

function bakeLines(
  bake: BakeProgress,
  report: JudgeReport,
  { openHours: hours, needed }: Pick<ShownStatus, 'openHours' | 'needed'>,
  { paint, now, columns }: Style,
): string[] {
  const share = bakeShare(bake, now, hours);
  const filled = Math.round(share * BAR);
  const missing = bakeConditions(bake, report, { nowMs: now, hours, needed }).filter(({ met }) => !met);
  const room = columns - 5;
  return [
    `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.round(share * 100)} %${leftText(bake, hours, now)}`,
    ...(missing.length === 0
      ? [paint('good', 'nothing is missing')]
      : wrapLine(`missing: ${missing.map(({ text }) => shownText(text)).join('; ')}`, room).map((line) =>
          paint('warn', line),
        )),
  ];
}

/** `, 12 m to go at least`; nothing once its time is over. */
function leftText({ startedAt, forMs }: BakeProgress, hours: ShownStatus['openHours'], now: number): string {
  const leftMs =
    hours === undefined ? forMs - Math.max(0, now - Date.parse(startedAt)) : hours.ofMs - openMs(hours, now);
  if (leftMs <= 0) return ' of its least time';
  return `, ${formatDuration(leftMs)} ${hours === undefined ? '' : 'of open hours '}to go at least`;
}
