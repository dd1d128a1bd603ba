/** Gives each problem its file, line and column. */
import { isScalar } from 'yaml';
import type { CardWith, HtmlSource } from '../domain/plan/action-schema.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { HTML_PATH } from '../domain/preflight/check.ts';
import type { PlanSource } from './read-plan.ts';
import { locate, nodeAt } from './locate.ts';
import type { SourcePosition } from './locate.ts';

/** A problem of the plan itself, at its field: at the key where the field is not known, else at the value. */
export function placeInPlan(problem: Problem, source: PlanSource): Problem {
  const atKey = problem.code === 'plan-unknown-field';
  return { ...problem, file: source.file, ...locate(source.document, source.lines, problem.path, atKey) };
}

/** A problem that preflight found: within the html if it has a line, else at its field of the plan. */
export function placeOfPreflight(
  problem: Problem,
  action: CardWith<HtmlSource>,
  htmlFile: string,
  source: PlanSource,
): Problem {
  const { line, column } = problem;
  const isInHtml = problem.path === HTML_PATH && line !== undefined && column !== undefined;
  if (action.html.kind === 'file') return isInHtml ? { ...problem, file: htmlFile } : placeInPlan(problem, source);
  const path = `${HTML_PATH}.inline`;
  const atField = locate(source.document, source.lines, path, false);
  if (!isInHtml) return placeInPlan(problem, source);
  const inBlock = positionInBlock(source, { line, column });
  if (inBlock !== undefined) return { ...problem, path, file: source.file, ...inBlock };
  return {
    ...problem,
    path,
    file: source.file,
    ...atField,
    message: `${problem.message} (line ${line}, column ${column} of the html)`,
  };
}

/**
 * A place within inline html that is written as a `|` block: its lines are the file's own lines, only indented. In
 * other
 * ways of writing text the two do not agree.
 */
function positionInBlock({ document, lines, text }: PlanSource, within: SourcePosition): SourcePosition | undefined {
  const node = nodeAt(document, [...HTML_PATH.split('.'), 'inline']);
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL' || !node.range) return undefined;
  const headerLine = lines.linePos(node.range[0]).line;
  const line = headerLine + within.line;
  const written = text.split('\n')[line - 1] ?? '';
  const meant = String(node.value).split('\n')[within.line - 1] ?? '';
  return { line, column: written.trimEnd().length - meant.trimEnd().length + within.column };
}
