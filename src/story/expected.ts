/** The forecast that was made at the start beside what came of it, step by step. */
import { html } from 'hono/html';
import { formatDuration } from '../domain/shared/duration.ts';
import type { StepCame } from '../domain/story/steps-came.ts';
import type { Story } from '../domain/story/story.ts';
import { secondText } from '../domain/text/instant.ts';
import { headOf } from './table.ts';

const COLUMNS = ['Step', 'Time expected', 'Time it took', 'Cards expected', 'Cards that came'] as const;
const [, EXPECTED, TOOK, CARDS, CAME] = COLUMNS;

/** Empty where no step is known of. `nowMs`: till then a step has lasted that has not ended. */
export function expectedFigure({ steps, forecast, rollout }: Story, nowMs: number) {
  if (steps.length === 0) return '';
  const untilMs = rollout.endedAt === null ? nowMs : Date.parse(rollout.endedAt);
  return html`<figure>
    <table class="stacked" role="table" aria-label="Forecast and what came">
      ${headOf(COLUMNS)}
      <tbody role="rowgroup">
        ${steps.map((step, index) => rowOf(step, forecast?.steps[index] ?? null, untilMs))}
        ${wholeRow(steps, forecast, untilMs)}
      </tbody>
    </table>
    <figcaption>${captionOf(forecast)}</figcaption>
  </figure>`;
}

type Forecast = NonNullable<Story['forecast']>;

function rowOf({ label, began, ended, cards }: StepCame, expected: Forecast['steps'][number], untilMs: number) {
  return html`<tr role="row">
    <th scope="row" role="rowheader">${label}</th>
    <td role="cell" data-label="${EXPECTED}">${expected === null ? '–' : formatDuration(expected.tookMs)}</td>
    <td role="cell" data-label="${TOOK}">${tookText(began, ended, untilMs)}</td>
    <td role="cell" data-label="${CARDS}">${expected === null ? '–' : expected.cards}</td>
    <td role="cell" data-label="${CAME}">${cards === null ? '–' : cards.candidate}</td>
  </tr>`;
}

function tookText(began: string | null, ended: string | null, untilMs: number): string {
  if (began === null) return '–';
  if (ended !== null) return formatDuration(Date.parse(ended) - Date.parse(began));
  return `${formatDuration(Math.max(0, untilMs - Date.parse(began)))} so far`;
}

function wholeRow(steps: readonly StepCame[], forecast: Forecast | null, untilMs: number) {
  const began = steps.find((step) => step.began !== null)?.began ?? null;
  const last = steps.findLast((step) => step.began !== null);
  const came = steps.flatMap(({ cards }) => (cards === null ? [] : [cards.candidate]));
  const expected = forecast?.steps.flatMap((step) => (step === null ? [] : [step.cards])) ?? [];
  return html`<tr role="row" class="whole">
    <th scope="row" role="rowheader">all steps</th>
    <td role="cell" data-label="${EXPECTED}">${formatDuration(forecast?.endsAfterMs ?? null)}</td>
    <td role="cell" data-label="${TOOK}">${tookText(began, last?.ended ?? null, untilMs)}</td>
    <td role="cell" data-label="${CARDS}">${sumText(expected)}</td>
    <td role="cell" data-label="${CAME}">${sumText(came)}</td>
  </tr>`;
}

function sumText(all: readonly number[]): string {
  return all.length === 0 ? '–' : String(all.reduce((sum, one) => sum + one, 0));
}

const WHAT = 'Cards: of the candidate. Pauses, approvals and closed windows are not foreseen.';

function captionOf(forecast: Forecast | null): string {
  if (forecast === null)
    return (
      'No forecast was made when it was started: hardly a card of the action was on record, or this process has no store. ' +
      'Cards that came: of the candidate, as far as they are judged.'
    );
  const { madeAt, basis, traffic, runs, promoted, cut, notForecast } = forecast;
  return (
    `Made when it was started, ${secondText(madeAt)}, out of the plan and the ${basis.cards} cards of the ` +
    `${formatDuration(basis.hours * 3_600_000)} before (${Math.round(traffic.cardsPerHour)} an hour): medians of ${runs} simulated ` +
    `rollouts of a version that is as good as the baseline, ${promoted} of which were promoted. ${WHAT}` +
    (cut ? ' What came after the most cards that are simulated was not forecast.' : '') +
    (notForecast.length === 0 ? '' : ` Without ${notForecast.join(', ')}, of which nothing was known.`)
  );
}
