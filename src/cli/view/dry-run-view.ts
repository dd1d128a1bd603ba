/** What a start would do, as people read it. */
import { MIN_CARDS } from '../../configurator/dry-run.ts';
import type { DryRun } from '../../configurator/dry-run.ts';
import { errorBudgetSentence } from '../../domain/plan/error-budget.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { stepLabel } from '../../domain/plan/steps/steps.ts';
import type { Around } from '../../domain/rollout/dry-run.ts';
import { stepLines } from './step-lines.ts';

interface Shown {
  readonly answer: DryRun;
  readonly replaces: boolean;
  readonly wouldStart: boolean;
}

export function dryRunLines(plan: Plan, { answer, replaces, wouldStart }: Shown): string[] {
  const { action, version, around, forecast } = answer;
  return [
    `${action} ${version} ${wouldStart ? 'would start' : 'would not start'}. Nothing was started or changed.`,
    ...row('running', runningText(answer, replaces)),
    ...row('who', whoText(answer)),
    ...checked(answer),
    ...(around === null ? [] : aroundRows(plan, answer, around)),
    ...row('forecast', forecast?.sentence ?? forecastLacks(answer)),
    'steps',
    ...stepLines(plan.steps.map(stepLabel)),
    errorBudgetSentence(plan),
  ];
}

function row(title: string, text: string): string[] {
  return [`${title.padEnd(10)}${text}`];
}

function runningText({ running, action }: DryRun, replaces: boolean): string {
  if (running === null) return `no other rollout of ${action}`;
  const what = `v${running.version ?? '?'} of ${action} (${running.phase ?? 'running'}, run ${running.runId})`;
  return replaces
    ? `${what}: it would be aborted first, and the proof of its roll back waited for`
    : `${what}: a start is refused beside it; --replace aborts it first`;
}

function whoText({ refusal, verifiedBy }: DryRun): string {
  if (refusal !== null) return refusal;
  return verifiedBy === null ? 'may start it (the name is claimed, not verified)' : `may start it (by ${verifiedBy})`;
}

function checked({ refusal, problems }: DryRun): string[] {
  if (refusal !== null) return [];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${problems.length - errors} warnings`;
  return [
    ...row('preflight', problems.length === 0 ? 'passed' : counts),
    ...problems.map(
      ({ severity, code, path, message, remedy }) =>
        `  ${severity} ${code}${path === '' ? '' : ` at ${path}`}: ${message} ${remedy}`,
    ),
  ];
}

function aroundRows(plan: Plan, { running, action }: DryRun, { standing, changed, calendar }: Around): string[] {
  return [
    ...row(
      'against',
      running === null
        ? againstText(plan, standing)
        : `what serves once ${action} is rolled back or has ended; now: ${againstText(plan, standing)}`,
    ),
    // Of what a rollout has under way nobody says that another hand did it.
    ...row('changed', running !== null || changed.length === 0 ? 'nothing, by another hand' : changed.join(' ')),
    ...row('when', whenText(plan, calendar)),
  ];
}

function againstText({ action }: Plan, { baseline, note, refused, exists }: Around['standing']): string {
  if (refused) return `refused: ${note ?? 'nothing to compare with'}`;
  const itself = exists ? `v${action.version} is there already` : `v${action.version} would be created, at split 0`;
  const other =
    baseline === null
      ? (note ?? 'no card')
      : `v${baseline.version} (${baseline.id}), which serves ${baseline.splitPercent} %`;
  return `${other}; ${itself}`;
}

function whenText({ startAt }: Plan, { open, why, openings }: Around['calendar']): string {
  const at = startAt === undefined ? 'at once' : `at ${startAt}`;
  if (open) return at;
  const next = openings.length === 0 ? 'no opening is known' : `opens ${openings.join('; ')}`;
  return `${at}, and waits before it deploys: ${why} (${next})`;
}

function forecastLacks({ around }: DryRun): string {
  if (around === null) return 'not asked';
  return (around.traffic?.cards ?? 0) < MIN_CARDS
    ? 'too few cards of the last 7 days to tell; `forecast` takes your figures'
    : 'could not be simulated in time; `forecast` has the time and the room';
}
