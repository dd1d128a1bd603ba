/** `pipeline review`: what a branch changes in plans, for whoever is to merge it. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { apiUrl } from '../../../compose/api-client.ts';
import { calendarIn } from '../../../compose/calendar.ts';
import { cardRules } from '../../../compose/card-rules.ts';
import { COMPAT_DATA_VERSION } from '../../../domain/preflight/compat/data.ts';
import type { LintResult } from '../../../lint/lint.ts';
import { lintFiles } from '../../../lint/lint.ts';
import { loadOrganisationPolicy } from '../../../lint/organisation-policy.ts';
import { formatProblem } from '../../../lint/plan-error.ts';
import { sarifLog } from '../../../lint/sarif.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { BROWSERS, decimal, JSON_OBJECT, nonEmpty, wholeNumber } from '../../options.ts';
import type { Changes } from '../../pipeline/changes.ts';
import { changesSince, twiceIn } from '../../pipeline/changes.ts';
import { commentOf } from '../../pipeline/comment.ts';
import type { Posted } from '../../pipeline/post.ts';
import { postReview } from '../../pipeline/post.ts';
import type { Reviewed } from '../../pipeline/review-plan.ts';
import { reviewPlan } from '../../pipeline/review-plan.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { BASE, PLANS } from './options.ts';

export function pipelineReview(run: Run): Command {
  const help = {
    description: 'check the plans that a branch changes, and show changes and forecast as one comment on its request',
    examples: ['pipeline review --base origin/main --cards-per-hour 4000 --sarif lint.sarif --out review.md'],
  };
  return createVerb('review', help)
    .option(...BASE)
    .option(...PLANS)
    .option('--post', 'write the comment to the pull or merge request of this CI job (ASSIST_FORGE_TOKEN), or renew it')
    .option('--out <file>', 'write the comment to a file', nonEmpty)
    .option('--sarif <file>', 'write what is wrong as a SARIF 2.1.0 log', nonEmpty)
    .option('--cards-per-hour <number>', 'of the forecast; else by the event store, if there is one', decimal(0, 1e9))
    .option('--runs <number>', 'simulated rollouts for each figure of the forecast', wholeNumber(1, 1_000), 20)
    .option(...BROWSERS)
    .option('--policy <file>', 'what the organisation asks of every plan', nonEmpty)
    .option('--calendar <file>', 'calendar of the organisation', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: ReviewOptions) => run((deps) => review(deps, options)));
}

interface ReviewOptions extends JsonOption {
  readonly base: string;
  readonly plans: string;
  readonly post?: boolean;
  readonly out?: string;
  readonly sarif?: string;
  readonly cardsPerHour?: number;
  readonly runs: number;
  /** A browserslist query. */
  readonly browsers?: string;
  readonly policy?: string;
  readonly calendar?: string;
}

/** Exit code 2 when a plan has errors, whatever became of the comment. */
async function review(deps: Deps, options: ReviewOptions): Promise<number> {
  const changes = await changesSince(deps, options);
  const results = await lintTouched(deps, changes, options);
  const reviewed = await reviewAll(deps, changes, results, options);
  const { top, head } = changes.repository;
  const found = {
    reviewed,
    head,
    waves: changes.waves.map((file) => relative(top, file)),
    twice: twiceIn(reviewed.filter(({ isSame }) => !isSame).map(({ name }) => name)),
  };
  const clean = deps.out.clean ?? ((written: string) => written);
  const text = (maxLength: number): string => clean(commentOf(found, maxLength));
  if (options.sarif !== undefined) await writeSarif(deps, options.sarif, results, top);
  if (options.out !== undefined) await writeFile(options.out, `${text(MAX_FILE_LENGTH)}\n`);
  const isNews = reviewed.length > 0 || found.waves.length > 0;
  const posted = options.post === true ? await postReview(deps, { text, isNews }) : null;
  if (options.json) printJson(deps.out, { kind: 'pipelineReview', base: changes.base, ...shown(found), posted });
  else printLines(deps.out, [...reviewed.flatMap(linesOf), ...postedLines(posted)]);
  return reviewed.every(({ result }) => result.ok) ? EXIT.ok : EXIT.badInput;
}

const MAX_FILE_LENGTH = 1_000_000;

async function lintTouched(deps: Deps, changes: Changes, options: ReviewOptions): Promise<readonly LintResult[]> {
  const { policy, calendar, browsers } = options;
  return lintFiles(
    changes.touched.map(({ file }) => file),
    {
      ...changes.now,
      settings: cardRules(deps.env, browsers),
      minimums: policy === undefined ? null : await loadOrganisationPolicy(policy),
      ...(calendar !== undefined && { calendar: await calendarIn(calendar, deps.env) }),
    },
  );
}

/** One after the other: each forecast takes a processor for itself. */
async function reviewAll(
  deps: Deps,
  changes: Changes,
  results: readonly LintResult[],
  { cardsPerHour, runs }: ReviewOptions,
): Promise<Reviewed[]> {
  const engine = apiUrl(deps.env) === null ? null : await deps.configurator();
  const reviewed: Reviewed[] = [];
  const untilMs = deps.now() + FORECASTS_MS;
  for (const result of results) {
    const forecast = deps.now() < untilMs ? { cardsPerHour, runs } : null;
    reviewed.push(await reviewPlan(deps, changes, result, { forecast, engine }));
  }
  return reviewed;
}

/** Whoever writes the plans says how long they take. */
const FORECASTS_MS = 600_000;

async function writeSarif(
  { version }: Deps,
  file: string,
  results: readonly LintResult[],
  folder: string,
): Promise<void> {
  const log = sarifLog(results, { version, dataVersion: COMPAT_DATA_VERSION, folder });
  await writeFile(file, `${JSON.stringify(log)}\n`);
}

function shown({ reviewed, waves, twice, head }: Parameters<typeof commentOf>[0]): object {
  const plans = reviewed.map(({ file, name, version, result: { ok, problems }, isSame }) => ({
    file,
    action: name,
    version,
    ok,
    same: isSame,
    problems: problems.map(({ code, severity, message, remedy, line = 1 }) => ({
      code,
      severity,
      message,
      remedy,
      line,
    })),
  }));
  return { head, plans, waves, twice };
}

function linesOf({ file, result: { ok, problems }, isSame, changes, forecast }: Reviewed): string[] {
  const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));
  return [
    `${file}: ${ok ? 'ok' : 'not ok'}${isSame ? ', and the same as before' : ''}`,
    ...indented(problems.map(formatProblem)),
    ...indented(changes),
    ...(forecast.length === 0 ? [] : ['', '  Forecast', ...indented(forecast)]),
    '',
  ];
}

const SAID: Readonly<Record<Posted['done'], string>> = {
  written: 'The comment is written.',
  renewed: 'The comment is renewed.',
  same: 'The comment says that already.',
  left: 'No plan is changed, and there is no comment to renew.',
  'not posted': 'The comment is not posted',
};

function postedLines(posted: Posted | null): string[] {
  if (posted === null) return [];
  return [posted.why === null ? SAID[posted.done] : `${SAID[posted.done]}: ${posted.why}`];
}
