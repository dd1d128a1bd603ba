import type { Program } from 'acorn';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import type { Problem } from '../../plan/plan.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement, Place } from '../html.ts';
import { permits } from '../content-policy.ts';
import { isInlineScript, scriptKind } from './script-kind.ts';
import type { Finding } from './script-findings.ts';
import { findingAt } from './script-findings.ts';
import { refusedUrl } from './source-hosts.ts';

/** What the code of inline scripts does: turning text into code, writing into the document, loading modules. */
export const scriptCode: Check = (subject) =>
  subject.elements.filter((element) => isInlineScript(element) && scriptKind(element) !== 'rules').flatMap((element) => inspect(element, subject));

function inspect(element: HtmlElement, subject: Subject): Problem[] {
  const problems: Problem[] = [];
  try {
    const program = parse(element.text, { ecmaVersion: 'latest', sourceType: scriptKind(element) === 'module' ? 'module' : 'script' });
    walk(program, (finding, offset) => {
      const problem = problemOf(finding, placeIn(element, offset), subject);
      if (problem !== undefined) problems.push(problem);
    });
  } catch (error) {
    problems.push(unreadable(element, error));
  }
  return problems;
}

function walk(program: Program, report: (finding: Finding, offset: number) => void): void {
  full(program, (node) => {
    const finding = findingAt(node);
    if (finding !== undefined) report(finding, node.start);
  });
}

function problemOf(finding: Finding, at: Place, { settings: { policy } }: Subject): Problem | undefined {
  if (finding.kind === 'import') return refusedUrl(policy, 'script-src', finding.from, at, 'import');
  if (finding.kind === 'csp-document-write') {
    return htmlProblem(at, {
      code: finding.kind,
      message: `The script calls ${finding.what}, which replaces or splits the page it runs in.`,
      remedy: 'Build elements with document.createElement and append them.',
    });
  }
  if (permits(policy, 'script-src', 'unsafe-eval')) return undefined;
  const remedy = finding.kind === 'csp-eval' ? 'Use JSON.parse for data and functions for code.' : 'Pass a function instead of text.';
  return htmlProblem(at, { code: finding.kind, message: `The script turns text into code with ${finding.what}, which the content policy forbids.`, remedy });
}

function unreadable(element: HtmlElement, error: unknown): Problem {
  const tooDeep = error instanceof RangeError;
  const offset = error instanceof SyntaxError && 'pos' in error ? Number(error.pos) : 0;
  const reason = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
  return htmlProblem(placeIn(element, offset), {
    code: 'csp-script-syntax',
    message: tooDeep ? 'The script nests too deeply to be checked.' : `The script is not valid JavaScript: ${reason}.`,
    remedy: 'Mend the script, or move it into a file that script-src allows.',
  });
}

/** Place of an offset within the text of an element. */
function placeIn(element: HtmlElement, offset: number): Place {
  const lines = element.text.slice(0, offset).split('\n');
  const last = lines.at(-1) ?? '';
  const { line, column } = element.textAt;
  return lines.length === 1 ? { line, column: column + last.length } : { line: line + lines.length - 1, column: last.length + 1 };
}
