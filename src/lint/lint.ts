/** Reads plans and their cards from files, and reports all that is wrong with them, each problem at its line and column. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { RawParsedPlan } from '../domain/plan/parse.ts';
import { parsePlan, resolvePlan } from '../domain/plan/parse.ts';
import type { Plan, Problem } from '../domain/plan/plan.ts';
import type { Fault } from '../domain/plan/problem.ts';
import { problemAt } from '../domain/plan/problem.ts';
import { HTML_PATH } from '../domain/preflight/check.ts';
import { preflight } from '../domain/preflight/preflight.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import { PlanError } from './plan-error.ts';
import { placeInPlan, placeOfPreflight } from './place.ts';
import type { PlanSource } from './read-plan.ts';
import { isProblem, readYaml } from './read-plan.ts';

export interface LintDeps {
  /** Rejects with a Node error code (ENOENT, EACCES, EISDIR...). */
  readonly readFile: (path: string) => Promise<string>;
  readonly settings?: PreflightSettings;
}

export interface LintResult {
  readonly file: string;
  /** No errors; there may be warnings. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/** From the disk, with default settings. */
export const FROM_DISK: LintDeps = { readFile: (path) => readFile(path, 'utf8') };

/** One result for each file, in their order. Never rejects for what a file holds or lacks. */
export async function lintFiles(files: readonly string[], deps: LintDeps = FROM_DISK): Promise<LintResult[]> {
  const results: LintResult[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    results.push(...await Promise.all(files.slice(at, at + AT_ONCE).map((file) => lintFile(file, deps))));
  }
  return results;
}

/** Enough to keep the disk busy; all of a thousand plans at once would only fill the memory. */
const AT_ONCE = 16;

async function lintFile(file: string, deps: LintDeps): Promise<LintResult> {
  const { plan, problems } = await examine(file, deps);
  return { file, ok: plan !== undefined, problems };
}

/** The plan of a file, ready to be run. Throws a PlanError with all problems if anything in it is wrong. */
export async function loadPlan(file: string, deps: LintDeps = FROM_DISK): Promise<Plan> {
  const { plan, problems } = await examine(file, deps);
  if (plan === undefined) throw new PlanError(file, problems);
  return plan;
}

/** The plan of a file whatever its card is like: only what keeps the plan from being read is thrown, as a PlanError. */
export async function readPlan(file: string, deps: LintDeps = FROM_DISK): Promise<Plan> {
  const opened = await open(file, deps);
  if ('problems' in opened) throw new PlanError(file, opened.problems);
  const card = await readHtml(opened.parsed, opened.source, deps);
  if ('problem' in card) throw new PlanError(file, [card.problem]);
  return resolvePlan(opened.parsed, card.html);
}

interface Examined {
  /** Only if it has no errors. */
  readonly plan?: Plan;
  readonly problems: readonly Problem[];
}

async function examine(file: string, deps: LintDeps): Promise<Examined> {
  const opened = await open(file, deps);
  return 'problems' in opened ? opened : examineCard(opened.parsed, opened.source, deps);
}

type Opened = { readonly parsed: RawParsedPlan; readonly source: PlanSource } | { readonly problems: readonly Problem[] };

async function open(file: string, deps: LintDeps): Promise<Opened> {
  const text = await read(file, deps, missingPlan);
  if (typeof text !== 'string') return { problems: [{ ...text, file }] };
  const source = readYaml(file, text);
  if (isProblem(source)) return { problems: [source] };
  const parsed = parsePlan(source.value);
  if (!parsed.ok) return { problems: parsed.problems.map((problem) => placeInPlan(problem, source)).sort(byPosition) };
  return { parsed: parsed.plan, source };
}

async function examineCard(parsed: RawParsedPlan, source: PlanSource, deps: LintDeps): Promise<Examined> {
  const card = await readHtml(parsed, source, deps);
  if ('problem' in card) return { problems: [card.problem] };
  const plan = resolvePlan(parsed, card.html);
  const problems = preflight(plan, deps.settings ?? DEFAULT_SETTINGS)
    .map((problem) => placeOfPreflight(problem, parsed, card.file, source))
    .sort(byPosition);
  return problems.some((problem) => problem.severity === 'error') ? { problems } : { plan, problems };
}

type Card = { readonly html: string; readonly file: string } | { readonly problem: Problem };

async function readHtml(parsed: RawParsedPlan, source: PlanSource, deps: LintDeps): Promise<Card> {
  const { html } = parsed.action;
  if (html.kind === 'inline') return { html: html.html, file: source.file };
  const file = resolve(dirname(source.file), html.file);
  const text = await read(file, deps, missingHtml);
  return typeof text === 'string' ? { html: text, file } : { problem: placeInPlan(text, source) };
}

async function read(path: string, deps: LintDeps, missing: (path: string) => Problem): Promise<string | Problem> {
  try {
    return await deps.readFile(path);
  } catch (error) {
    const reason = textIn(error, 'message') ?? String(error);
    return textIn(error, 'code') === 'ENOENT' ? missing(path) : { ...missing(path), ...unreadable(path, reason) };
  }
}

function missingPlan(path: string): Problem {
  return problemAt('', { code: 'plan-file-missing', message: `There is no file ${path}.`, remedy: 'Check the path of the plan.' });
}

function missingHtml(path: string): Problem {
  return problemAt(`${HTML_PATH}.file`, {
    code: 'plan-html-missing',
    message: `The card's file ${path} does not exist.`,
    remedy: 'Write the path of the html as seen from the folder of the plan.',
  });
}

function textIn(error: unknown, field: 'code' | 'message'): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function unreadable(path: string, reason: string): Fault {
  return { code: 'plan-file-unreadable', message: `${path} cannot be read: ${reason}.`, remedy: 'Check that it is a file and that you may read it.' };
}

function byPosition(a: Problem, b: Problem): number {
  const byFile = (a.file ?? '').localeCompare(b.file ?? '');
  return byFile || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
