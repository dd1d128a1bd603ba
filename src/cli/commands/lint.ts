/** `lint`: everything that is wrong with plans and their cards; contacts nobody. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { COMPAT_DATA_VERSION } from '../../domain/preflight/compat/data.ts';
import type { Problem } from '../../domain/plan/problem.ts';
import { fromStdin } from '../../lint/from-stdin.ts';
import { lintFiles } from '../../lint/lint.ts';
import type { LintResult } from '../../lint/lint.ts';
import { loadOrganisationPolicy } from '../../lint/organisation-policy.ts';
import { formatProblem } from '../../lint/plan-error.ts';
import { sarifLog } from '../../lint/sarif.ts';
import { printJson, printLines } from '../deps.ts';
import { stepLines } from '../view/step-lines.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { BROWSERS, nonEmpty } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { calendarIn } from '../../compose/calendar.ts';
import { planAndCardFiles } from '../../compose/plan-files.ts';

export function lint(run: Run): Command {
  const help = {
    description: 'check plans and their cards, any number at once; contacts nobody',
    examples: [
      'lint examples/refund-assist-1.5.0.yaml',
      'lint examples/refund-assist-1.5.0.yaml --policy examples/organisation-policy.yaml',
    ],
  };
  return createVerb('lint', help)
    .argument('<plan...>', 'plan files; - is stdin')
    .option('--json', 'one line of JSON for each plan')
    .option('--sarif', 'one SARIF 2.1.0 log, for code hosts')
    .option('--expanded', 'print each plan as YAML, with what it names or abbreviates written out')
    .option(...BROWSERS)
    .option(
      '--policy <file>',
      'what the organisation asks of every plan; the worker asks it by ORGANISATION_POLICY',
      nonEmpty,
    )
    .option('--calendar <file>', 'calendar of the organisation; the worker has it by CALENDAR_FILE', nonEmpty)
    .action((plans: string[], options: Omit<LintArgs, 'plans'>) =>
      run((deps) => lintPlans(deps, { plans, ...options })),
    );
}

interface LintArgs extends JsonOption {
  readonly plans: readonly string[];
  readonly sarif?: boolean;
  readonly expanded?: boolean;
  /** A browserslist query. */
  readonly browsers?: string;
  /** The organisation's policy. */
  readonly policy?: string;
  /** The organisation's calendar. */
  readonly calendar?: string;
}

async function lintPlans(deps: Deps, args: LintArgs): Promise<number> {
  const minimums = args.policy === undefined ? null : await loadOrganisationPolicy(args.policy);
  const calendar = args.calendar === undefined ? {} : { calendar: await calendarIn(args.calendar, deps.env) };
  const files = planAndCardFiles(deps.env, args.browsers);
  const results = await lintFiles(args.plans, {
    ...files,
    readFile: fromStdin(files.readFile, process.stdin),
    minimums,
    ...calendar,
  });
  const isOk = results.every((result) => result.ok);
  if (args.sarif)
    printJson(
      deps.out,
      sarifLog(results, { version: deps.version, dataVersion: COMPAT_DATA_VERSION, folder: process.cwd() }),
    );
  else if (args.json) deps.out.stdout(results.map((result) => `${JSON.stringify(jsonResult(result))}\n`).join(''));
  else if (args.expanded && isOk) deps.out.stdout(results.map(yamlOf).join('---\n'));
  else printLines(deps.out, [...results.flatMap(resultLines), ...summary(results)]);
  return isOk ? EXIT.ok : EXIT.badInput;
}

function yamlOf({ written }: LintResult): string {
  return stringify(written, { aliasDuplicateObjects: false });
}

/** The shape is a promise to other programs; see docs/cli.md. */
function jsonResult({ file, ok, problems, steps, openings }: LintResult): object {
  return {
    file,
    ok,
    problems: problems.map((problem) => jsonProblem(problem, file)),
    ...(steps !== undefined && { steps }),
    ...(openings !== undefined && { openings }),
  };
}

function jsonProblem({ code, rule, severity, file, line, column, message, remedy }: Problem, plan: string): object {
  return {
    code,
    ...(rule !== undefined && { rule }),
    severity,
    file: file ?? plan,
    line: line ?? 1,
    column: column ?? 1,
    message,
    remedy,
  };
}

function resultLines({ file, ok, problems, steps, openings = [] }: LintResult): string[] {
  const found = problems.map(formatProblem);
  return ok
    ? [...found, `${file}: ok`, ...stepLines(steps), ...openings.map((one) => `  splits may rise: ${one}`)]
    : found;
}

function summary(results: readonly LintResult[]): string[] {
  if (results.length === 1) return [];
  const bad = results.filter(({ ok }) => !ok).length;
  return [`${results.length} plans, ${bad === 0 ? 'all ok' : `${bad} not ok`}`];
}
