/**
 * Reads plans and their cards from files, and reports all that is wrong with them, each problem at its line and column.
 */
import type { OrganisationCalendar } from '../domain/calendar/organisation.ts';
import type { Known } from '../domain/calendar/plan-check.ts';
import { calendarProblems, planOpenings } from '../domain/calendar/plan-check.ts';
import { minimumProblems } from '../domain/minimums/check.ts';
import { templateProblems } from '../domain/minimums/templates.ts';
import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import type { CardWith, HtmlSource } from '../domain/plan/action-schema.ts';
import { isDefaults, namesDefaults, parseDefaults } from '../domain/plan/expand/defaults.ts';
import type { ParsedPlan, ParseResult, RawParsedPlan } from '../domain/plan/parse.ts';
import { parsePlan, resolvePlan, tracedProblems } from '../domain/plan/parse.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { stepLabel } from '../domain/plan/steps/steps.ts';
import { problemAt } from '../domain/plan/problem.ts';
import { isWaves } from '../domain/waves/written.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { planWarnings } from '../domain/plan/warnings.ts';
import { readableAction } from '../domain/plan/written-action.ts';
import { preflight } from '../domain/preflight/preflight.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import type { ReadFile } from './card-file.ts';
import { readCardHtml, readPlanText } from './card-file.ts';
import { defaultsOf } from './defaults-file.ts';
import { readBounded } from '../files/read-bounded.ts';
import { PlanError } from './plan-error.ts';
import { placeInPlan, placeOfPreflight } from './place.ts';
import type { PlanSource } from './read-plan.ts';
import { isProblem, readYaml } from './read-plan.ts';

export interface LintDeps {
  readonly readFile: ReadFile;
  readonly settings?: PreflightSettings;
  /** What the organisation asks of every plan; nothing if absent. */
  readonly minimums?: OrganisationPolicy | null;
  /** What is written otherwise than in the file, such as in a member of waves. */
  readonly change?: (written: unknown) => unknown;
  /** The organisation's calendar; only the worker's, and unknown, if absent. */
  readonly calendar?: OrganisationCalendar;
  readonly now?: () => number;
  /** Where the templates are that plans may name; null or absent: in defaults.yaml beside each. */
  readonly defaultsFile?: string | null;
}

export interface LintResult {
  readonly file: string;
  /** No errors; there may be warnings. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  /** Of a plan without errors: as a plan file would have it with nothing named or abbreviated. */
  readonly written?: unknown;
  /** Of one that names or abbreviates something: its steps, in one line each. */
  readonly steps?: readonly string[];
  /** The next stretches in which its splits may rise, in words; absent where no window closes them. */
  readonly openings?: readonly string[];
}

/** From the disk, with default settings. */
export const FROM_DISK: LintDeps = { readFile: readBounded };

/** One result for each file, in their order. Never rejects for what a file holds or lacks. */
export function lintFiles(files: readonly string[], deps: LintDeps = FROM_DISK): Promise<readonly LintResult[]> {
  return mapAtOnce(files, AT_ONCE, (file) => lintFile(file, deps));
}

/** Enough to keep the disk busy; all of a thousand plans at once would only fill the memory. */
const AT_ONCE = 16;

async function lintFile(file: string, deps: LintDeps): Promise<LintResult> {
  const { plan, ok = plan !== undefined, ...found } = await examine(file, deps);
  const next = plan === undefined ? null : planOpenings(plan, knownTo(deps), SHOWN_OPENINGS);
  return { file, ok, ...found, ...(next !== null && { openings: next }) };
}

/** The plan of a file, ready to be run. Throws a PlanError with all problems if anything in it is wrong. */
export async function loadPlan(file: string, deps: LintDeps = FROM_DISK): Promise<Plan> {
  return (await loadExpanded(file, deps)).plan;
}

/** As loadPlan, with the steps in one line each where the file names or abbreviates something. */
export async function loadExpanded(
  file: string,
  deps: LintDeps = FROM_DISK,
): Promise<{ readonly plan: Plan } & Pick<LintResult, 'steps'>> {
  const { plan, problems, steps } = await examine(file, deps);
  if (plan === undefined) throw new PlanError(file, problems);
  return { plan, ...(steps !== undefined && { steps }) };
}

/** The plan of a file whatever its card is like: only what keeps the plan from being read is thrown, as a PlanError. */
export async function readPlan(file: string, deps: LintDeps): Promise<Plan> {
  const source = await open(file, deps);
  if (isProblem(source)) throw new PlanError(file, [source]);
  const { parsed, place } = await readWritten(source, deps);
  if (!parsed.ok) throw new PlanError(file, place(parsed.problems));
  if (!('html' in parsed.plan.action)) return resolvePlan(parsed.plan, null);
  const card = await readCardHtml(parsed.plan.action.html, source, deps.readFile, settingsOf(deps).maxHtmlBytes);
  if ('problem' in card) throw new PlanError(file, placed([card.problem], source));
  return resolvePlan(parsed.plan, card.html);
}

interface Examined extends Pick<LintResult, 'problems' | 'written' | 'steps'> {
  /** Only if it has no errors. */
  readonly plan?: Plan;
  /** Of what is no plan, and may be well all the same. */
  readonly ok?: boolean;
}

/** Of many plans, and has verbs of its own. */
const WAVES = problemAt('apiVersion', {
  code: 'plan-value',
  message: 'This is a file of waves; expected the plan of one rollout.',
  remedy: 'Check it with `assist-rollouts waves check`, and start it with `assist-rollouts waves start`.',
});

/** The card is looked at whatever else is wrong with the plan, so that its author hears all at once. */
async function examine(file: string, deps: LintDeps): Promise<Examined> {
  const source = await open(file, deps);
  if (isProblem(source)) return { problems: [source] };
  if (isWaves(source.value)) return { problems: [placeInPlan(WAVES, source)] };
  if (isDefaults(source.value)) return examineDefaults(source, deps);
  const { parsed, place } = await readWritten(source, deps);
  const ofForm = parsed.ok
    ? [...parsed.warnings, ...tracedProblems(formProblems(parsed.plan, deps), parsed.expansion)]
    : parsed.problems;
  const action = parsed.ok ? writtenCard(parsed.plan.action) : readableAction(source.value);
  const retires = parsed.ok && parsed.plan.retire === true;
  const card = action === null ? null : await examineCard(action, source, deps, retires);
  const problems = [...place(ofForm), ...(card?.problems ?? [])].sort(byPosition);
  const isWrong = problems.some((problem) => problem.severity === 'error');
  return isWrong || !parsed.ok || (card !== null && card.html === undefined)
    ? { problems }
    : { plan: resolvePlan(parsed.plan, card?.html ?? null), problems, ...writtenOut(parsed) };
}

interface Written {
  readonly parsed: ParseResult;
  /** Problems at their places, in the plan's file or that of its templates. */
  readonly place: (problems: readonly Problem[]) => readonly Problem[];
}

async function readWritten(source: PlanSource, deps: LintDeps): Promise<Written> {
  const defaults = namesDefaults(source.value) ? await defaultsOf(source.file, deps) : null;
  if (defaults !== null && !('defaults' in defaults))
    return { parsed: { ok: false, problems: defaults.problems }, place: (problems) => problems };
  return {
    parsed: parsePlan(source.value, defaults?.defaults ?? null),
    place: (problems) =>
      problems.map((problem) =>
        placeInPlan(problem, problem.file !== undefined && defaults !== null ? defaults.source : source),
      ),
  };
}

/** Of a file of templates; there is nothing to be run in it. */
function examineDefaults(source: PlanSource, { minimums = null }: LintDeps): Examined {
  const parsed = parseDefaults(source.value, source.file);
  const problems = parsed.ok ? templateProblems(parsed.defaults, minimums) : parsed.problems;
  return { problems: placed(problems, source), ok: problems.every(({ severity }) => severity !== 'error') };
}

function writtenOut({ plan, expansion }: ParsedPlan): Pick<LintResult, 'written' | 'steps'> {
  return { written: expansion.raw, ...(expansion.isExpanded && { steps: plan.steps.map(stepLabel) }) };
}

function writtenCard(action: RawParsedPlan['action']): CardWith<HtmlSource> | null {
  return 'html' in action ? action : null;
}

function formProblems(plan: RawParsedPlan, deps: LintDeps): readonly Problem[] {
  const { minimums } = deps;
  return [
    ...planWarnings(plan),
    ...calendarProblems(plan, knownTo(deps)),
    ...(minimums ? minimumProblems(plan, minimums) : []),
  ];
}

const SHOWN_OPENINGS = 3;

function knownTo({ calendar, now = Date.now }: LintDeps): Known {
  return { organisation: calendar ?? 'unknown', nowMs: now() };
}

async function open(file: string, { readFile, change }: LintDeps): Promise<PlanSource | Problem> {
  const text = await readPlanText(file, readFile);
  const source = typeof text === 'string' ? readYaml(file, text) : text;
  return change === undefined || isProblem(source) ? source : { ...source, value: change(source.value) };
}

async function examineCard(
  action: CardWith<HtmlSource>,
  source: PlanSource,
  deps: LintDeps,
  retires: boolean,
): Promise<{ readonly html?: string; readonly problems: readonly Problem[] }> {
  const settings = settingsOf(deps);
  const card = await readCardHtml(action.html, source, deps.readFile, settings.maxHtmlBytes);
  if ('problem' in card) return { problems: placed([card.problem], source) };
  // A card may be retired for what is wrong with it.
  const problems = retires ? [] : preflight({ action: { ...action, html: card.html } }, settings);
  return { html: card.html, problems: problems.map((problem) => placeOfPreflight(problem, action, card.file, source)) };
}

function settingsOf({ settings }: LintDeps): PreflightSettings {
  return settings ?? DEFAULT_SETTINGS;
}

function placed(problems: readonly Problem[], source: PlanSource): Problem[] {
  return problems.map((problem) => placeInPlan(problem, source)).sort(byPosition);
}

function byPosition(a: Problem, b: Problem): number {
  const byFile = (a.file ?? '').localeCompare(b.file ?? '');
  return byFile || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
