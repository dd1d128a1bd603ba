import type { Problem } from '../../plan/problem.ts';
import { attributeUse } from '../attribute-use.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { ContentPolicy } from '../content-policy.ts';
import { permits } from '../content-policy.ts';
import type { HtmlElement, Place } from '../html.ts';
import type { InlineDirective } from '../inline-code.ts';
import { isToRun } from '../inline-code.ts';
import { Lines } from '../lines.ts';
import type { CodeKind } from '../parse-script.ts';
import type { ScriptFinding } from '../script-findings.ts';
import { scriptFindings } from '../script-findings.ts';
import { isCode, refusedUrl } from '../urls.ts';
import { isInlineScript, scriptKind } from './script-kind.ts';

/**
 * What code in the html does: turning text into code, writing into the document, loading from elsewhere. Only of code
 * that the policy lets run, or is to by its hash: any other is one error, whatever it would do.
 */
export const scriptCode: Check = (subject) =>
  subject.elements
    .flatMap(codesIn)
    .flatMap((code) => (isToRun(subject, code.directive, code.text) ? problemsOf(code, subject) : []));

interface Code {
  readonly text: string;
  readonly kind: CodeKind;
  readonly directive: InlineDirective;
  readonly at: (offset: number) => Place;
}

function codesIn(element: HtmlElement): Code[] {
  const codes: Code[] = element.attributes.flatMap(({ name, value, at }) => {
    const text = codeOf(attributeUse(element, name), value);
    return text === undefined ? [] : [{ text, kind: 'attribute', directive: 'script-src-attr', at: () => at }];
  });
  const kind = isInlineScript(element) ? scriptKind(element) : 'data';
  if (kind === 'rules' || kind === 'data') return codes;
  const lines = new Lines(element.text, element.textAt);
  return [...codes, { text: element.text, kind, directive: 'script-src-elem', at: (offset) => lines.at(offset) }];
}

function codeOf(use: ReturnType<typeof attributeUse>, value: string): string | undefined {
  if (use === 'handler') return value;
  return use === 'text' || use === 'css' || !isCode(value) ? undefined : codeOfUrl(value);
}

function codeOfUrl(url: string): string {
  return url
    .slice(url.indexOf(':') + 1)
    .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A handler that is no JavaScript does nothing; a script may be one in another browser. */
function problemsOf(code: Code, { code: parser, settings: { policy } }: Subject): Problem[] {
  const parsed = parser.read(code.text, code.kind);
  try {
    if ('error' in parsed) throw parsed.error;
    return scriptFindings(parsed.program).flatMap(
      (finding) => problemOf(finding, code.at(finding.offset), policy) ?? [],
    );
  } catch (error) {
    return code.kind !== 'attribute' || error instanceof RangeError ? [unreadable(code, error)] : [];
  }
}

function problemOf(finding: ScriptFinding, at: Place, policy: ContentPolicy): Problem | undefined {
  if (finding.kind === 'load') {
    const { directives, from, what } = finding;
    const refusals = directives.map((directive) => refusedUrl(policy, directive, from, at, what));
    return refusals.includes(undefined) ? undefined : refusals[0];
  }
  const { permittedBy, does, remedy } = SAYINGS[finding.kind];
  if (permittedBy !== undefined && permits(policy, ...permittedBy)) return undefined;
  return htmlProblem(at, { code: finding.kind, message: `The script ${does(finding.what)}.`, remedy });
}

interface Saying {
  readonly permittedBy?: readonly [directive: string, keyword: string];
  readonly does: (what: string) => string;
  readonly remedy: string;
}

const FORBIDDEN = 'which the content policy forbids';
const SAYINGS: Readonly<Record<Exclude<ScriptFinding['kind'], 'load'>, Saying>> = {
  'csp-eval': {
    permittedBy: ['script-src', 'unsafe-eval'],
    does: (what) => `turns text into code with ${what}, ${FORBIDDEN}`,
    remedy: 'Use JSON.parse for data and functions for code.',
  },
  'csp-string-timer': {
    permittedBy: ['script-src', 'unsafe-eval'],
    does: (what) => `turns text into code with ${what}, ${FORBIDDEN}`,
    remedy: 'Pass a function instead of text.',
  },
  'csp-inline-handler': {
    permittedBy: ['script-src-attr', 'unsafe-inline'],
    does: (what) => `sets ${what} as text, ${FORBIDDEN}`,
    remedy: 'Use addEventListener.',
  },
  'csp-document-write': {
    does: (what) => `uses ${what}, which replaces or splits the page it runs in`,
    remedy: 'Build elements with document.createElement and append them.',
  },
};

function unreadable(code: Code, error: unknown): Problem {
  const tooDeep = error instanceof RangeError;
  const offset = error instanceof SyntaxError && 'pos' in error ? Number(error.pos) : 0;
  const reason = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
  return htmlProblem(code.at(offset), {
    code: 'csp-script-syntax',
    message: tooDeep ? 'The script nests too deeply to be checked.' : `The script is not valid JavaScript: ${reason}.`,
    remedy: 'Mend the script, or move it into a file that script-src allows.',
  });
}
