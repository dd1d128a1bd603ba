/** A review as the one comment of a pull or merge request. What others wrote is in it as code alone. */
import { formatProblem } from '../../lint/plan-error.ts';
import { fenced, folded, inlineCode } from '../view/markdown.ts';
import type { Reviewed } from './review-plan.ts';

export interface Review {
  readonly reviewed: readonly Reviewed[];
  /** Files of waves that changed. */
  readonly waves: readonly string[];
  /** Actions of which more than one plan changed. */
  readonly twice: readonly string[];
  readonly head: string;
}

const MAX_DETAILED = 20;
const MAX_NAMED = 200;
const OF_PROBLEMS = { lines: 60, characters: 8_000 };
const OF_CHANGES = { lines: 200, characters: 12_000 };
const OF_FORECAST = { lines: 40, characters: 6_000 };

/** No longer than `maxLength`: plans are left out from the end, never cut within. */
export function commentOf(review: Review, maxLength: number): string {
  const { reviewed } = review;
  const top = [title(review), verdict(review), ...remarks(review)];
  const end = `<sub>Commit ${review.head.slice(0, 12)}. This comment is renewed with every push.</sub>`;
  const sections: string[] = [];
  let room = maxLength - [...top, end].join('\n\n').length - ROOM_FOR_REST;
  for (const plan of reviewed.slice(0, MAX_DETAILED)) {
    const section = sectionOf(plan);
    room -= section.length + 2;
    if (room < 0) break;
    sections.push(section);
  }
  const left = reviewed.length - sections.length;
  const rest =
    left === 0 ? [] : [`${left} more ${left === 1 ? 'plan has' : 'plans have'} no room here: see the log of the job.`];
  return [...top, ...sections, ...rest, end].join('\n\n');
}

const ROOM_FOR_REST = 200;

function title({ reviewed }: Review): string {
  const count = reviewed.length;
  return `## Assist Rollouts: ${count === 0 ? 'no plan is changed' : `${count === 1 ? 'one plan' : `${count} plans`} changed`}`;
}

function verdict({ reviewed }: Review): string {
  const wrong = reviewed.filter(({ result }) => !result.ok).length;
  if (reviewed.length === 0) return 'Nothing is started when this is merged.';
  if (wrong === 0) return `**In order.** ${reviewed.length === 1 ? 'It has' : 'All have'} passed the checks.`;
  return `**Not in order:** ${wrong} of ${reviewed.length} cannot be started as ${wrong === 1 ? 'it stands' : 'they stand'}.`;
}

function remarks({ waves, twice }: Review): string[] {
  return [
    ...(twice.length === 0
      ? []
      : [
          `More than one plan of ${named(twice)} changes: none of them is started, for one rollout of an action runs at a time.`,
        ]),
    ...(waves.length === 0
      ? []
      : [`Waves are checked by \`waves check\` and started by \`waves start\`, not here: ${named(waves)}.`]),
  ];
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED / 10).map(inlineCode);
  return [...shown, ...(names.length > shown.length ? [`${names.length - shown.length} more`] : [])].join(', ');
}

function sectionOf({ file, name, version, result, isSame, changes, forecast }: Reviewed): string {
  const what = name === null ? '' : `: ${inlineCode(`${name} ${version ?? ''}`.trim())}`;
  const problems = result.problems.map(formatProblem);
  return [
    `### ${inlineCode(file)}${what}`,
    state(result.problems, isSame),
    ...(problems.length === 0 ? [] : [fenced(problems, OF_PROBLEMS)]),
    ...(changes.length === 0 ? [] : [folded('Changes', fenced(changes, OF_CHANGES))]),
    ...(forecast.length === 0 ? [] : [folded('Forecast', fenced(forecast, OF_FORECAST))]),
  ].join('\n\n');
}

function state(problems: Reviewed['result']['problems'], isSame: boolean): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const found = [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean).join(', ');
  const same = isSame ? ' What is rolled out is the same as before: nothing is started.' : '';
  return `${found === '' ? 'No problems.' : `${found}.`}${same}`;
}

function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
}
