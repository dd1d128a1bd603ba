/** What a reviewer wants to know of one plan that a branch changes. */
import { relative } from 'node:path';
import type { Configurator } from '../../configurator.ts';
import { AssistError } from '../../configurator/errors.ts';
import { fieldChanges } from '../../domain/diff/field-changes.ts';
import { diffVersions } from '../../domain/diff/version-diff.ts';
import type { Surroundings } from '../../domain/diff/surroundings.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { stepLabel } from '../../domain/plan/steps/steps.ts';
import type { LintResult } from '../../lint/lint.ts';
import { readPlan } from '../../lint/lint.ts';
import { PlanError } from '../../lint/plan-error.ts';
import { documentOf } from '../../targets/index.ts';
import { forecastFor, unknownVolume } from '../commands/forecast.ts';
import { madeLines } from '../view/forecast-view.ts';
import type { Deps } from '../deps.ts';
import { changeLine, comparisonLines } from '../view/diff-view.ts';
import { createPaint } from '../view/paint.ts';
import type { Changes } from './changes.ts';
import { isSamePlan, planBefore } from './changes.ts';

export interface Reviewed {
  /** As seen from the top of the checkout. */
  readonly file: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly result: LintResult;
  /** The file changed, and not what it says. */
  readonly isSame: boolean;
  /** Lines; empty: it could not be read. */
  readonly changes: readonly string[];
  readonly forecast: readonly string[];
}

export interface ReviewArgs {
  /** Null: none is made. */
  readonly forecast: { readonly cardsPerHour: number | undefined; readonly runs: number } | null;
  /** Asked for what serves; null: nobody is. */
  readonly engine: Configurator | null;
}

export async function reviewPlan(
  deps: Deps,
  changes: Changes,
  result: LintResult,
  args: ReviewArgs,
): Promise<Reviewed> {
  const written = changes.touched.find(({ file }) => file === result.file);
  const plan = await planNow(changes, result.file);
  const before = await planBefore(changes, result.file);
  const isSame = isSamePlan(plan, before);
  return {
    file: relative(changes.repository.top, result.file),
    name: plan?.action.name ?? written?.action ?? null,
    version: plan?.action.version ?? written?.version ?? null,
    result: asSeenFrom(changes.repository.top, result),
    isSame,
    changes:
      plan === null || isSame ? [] : await changeLines(changes, { plan, before, file: result.file }, args.engine),
    forecast: plan === null || isSame || !result.ok ? [] : await forecastLines(deps, plan, args.forecast),
  };
}

/** Where the checkout lies is nobody's business. */
function asSeenFrom(top: string, result: LintResult): LintResult {
  const short = (text: string): string => text.replaceAll(`${top}/`, '');
  const problems = result.problems.map((problem) => ({
    ...problem,
    file: short(problem.file ?? result.file),
    message: short(problem.message),
    remedy: short(problem.remedy),
  }));
  return { ...result, file: short(result.file), problems };
}

async function planNow({ now }: Changes, file: string): Promise<Plan | null> {
  return readPlan(file, now).catch((error: unknown) => {
    if (error instanceof PlanError) return null;
    throw error;
  });
}

interface Changed {
  readonly plan: Plan;
  /** The same file at the base. */
  readonly before: Plan | null;
  readonly file: string;
}

async function changeLines(
  changes: Changes,
  changed: Changed,
  engine: Configurator | null,
): Promise<readonly string[]> {
  const { plan, before } = changed;
  const baseline = await baselineOf(changes, changed, engine);
  const around = { baseline: baseline.found, note: baseline.note, others: null, exists: false, ids: null };
  const comparison = await diffVersions(plan, around, null, (action) => documentOf({ ...plan, action }));
  const paint = createPaint(false);
  const ofPlan = before === null ? [] : fieldChanges(besideAction(before), besideAction(plan));
  return [
    ...comparisonLines(comparison, paint),
    ...(ofPlan.length === 0 ? [] : ['', 'The plan itself, against this file before']),
    ...ofPlan.map((change) => changeLine(change, paint)),
  ];
}

/** With what stands in lists by its name, so that one change is one line. */
function besideAction({ steps, guardrails, ...others }: Plan): object {
  return {
    ...others,
    action: null,
    steps: Object.fromEntries(steps.map((step, at) => [at + 1, stepLabel(step)])),
    guardrails: Object.fromEntries(guardrails.map((guardrail) => [guardrailLabel(guardrail), guardrail])),
  };
}

interface Baseline {
  readonly found: Surroundings['baseline'];
  readonly note: string | null;
}

/** What serves, by who knows it; else this file before; else the newest older version that stands beside it. */
async function baselineOf(changes: Changes, changed: Changed, engine: Configurator | null): Promise<Baseline> {
  const { plan, before, file } = changed;
  const asked = engine === null ? NOBODY_ASKED : await served(engine, plan.action.name);
  if (asked.found !== null) return asked;
  const at = `at ${changes.base.slice(0, 8)}`;
  const from = (path: string): string => `${relative(changes.repository.top, path)} ${at}`;
  const found = (action: Plan['action'], path: string): Baseline => ({
    found: { action, from: from(path), splitPercent: 100 },
    note: asked.note,
  });
  if (before?.action.name === plan.action.name) return found(before.action, file);
  for (const older of olderBeside(changes, plan)) {
    const beside = await planBefore(changes, older);
    if (beside?.action.name === plan.action.name) return found(beside.action, older);
  }
  return { found: null, note: asked.note ?? `No version of this action stands ${at}.` };
}

const NOBODY_ASKED: Baseline = { found: null, note: null };

async function served(engine: Configurator, action: string): Promise<Baseline> {
  try {
    const rows = await engine.history(action);
    const row = rows.find(({ outcome, endedAt }) => endedAt !== null && SERVES.includes(outcome ?? ''));
    const version = row?.outcome === 'undone' ? row.undo?.to : row?.version;
    if (version == null || row?.outcome === 'retired') return { found: null, note: null };
    const { plan } = await engine.version(action, version);
    if (plan === null) return { found: null, note: null };
    return { found: { action: plan.action, from: 'what serves, by the registry', splitPercent: 100 }, note: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isNew = error instanceof AssistError && ['rollout-not-found', 'version-unknown'].includes(error.code);
    return { found: null, note: isNew ? null : `What serves is not known: ${error.message}` };
  }
}

const SERVES = ['promoted', 'undone', 'retired'];

const MAX_TRIED = 20;

/** Files, the newest version first. */
function olderBeside({ others, touched }: Changes, { action }: Plan): readonly string[] {
  return [...others, ...touched]
    .filter((one) => one.action === action.name && one.version !== null && isOlder(one.version, action.version))
    .toSorted((one, other) => (isOlder(one.version ?? '', other.version ?? '') ? 1 : -1))
    .slice(0, MAX_TRIED)
    .map(({ file }) => file);
}

function isOlder(one: string, other: string): boolean {
  const numbers = (version: string): number[] => version.split(/[-+]/)[0]?.split('.').map(Number) ?? [];
  const [left, right] = [numbers(one), numbers(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

const DAYS = 7;
const SEED = 1;

async function forecastLines(deps: Deps, plan: Plan, asked: ReviewArgs['forecast']): Promise<readonly string[]> {
  if (asked === null) return [];
  const { cardsPerHour, runs } = asked;
  const given = { ...(cardsPerHour !== undefined && { cardsPerHour }), rates: {} };
  const made = await forecastFor(deps, plan, { given, days: DAYS, runs, seed: SEED });
  return made === null ? [Object.values(unknownVolume(deps, plan, DAYS)).join(' ')] : madeLines(plan, made);
}
