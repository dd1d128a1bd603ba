import type { Program } from 'acorn';
import { full } from 'acorn-walk';
import type { Problem } from '../../plan/plan.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement, Place } from '../html.ts';
import { permits } from '../content-policy.ts';
import { Lines } from '../lines.ts';
import type { CodeKind, CodeParser, ParsedCode } from '../parse-script.ts';
import { isInlineScript, scriptKind } from './script-kind.ts';
import type { Finding } from './script-findings.ts';
import { findingAt } from './script-findings.ts';
import { Names } from './script-names.ts';
import { isCode, refusedUrl } from '../urls.ts';
import { attributeUse } from '../attribute-use.ts';

/** What code in the html does: turning text into code, writing into the document, loading from elsewhere. */
export const scriptCode: Check = (subject) => {
  const inspector = new Inspector(subject.code);
  return subject.elements.flatMap((element) =>
    codeIn(element).flatMap((code) => problemsOf(code, inspector.inspect(code), subject)),
  );
};

interface Code {
  readonly text: string;
  readonly kind: CodeKind;
  readonly at: (offset: number) => Place;
}

function codeIn(element: HtmlElement): Code[] {
  const codes: Code[] = element.attributes
    .filter(({ name, value }) => {
      const use = attributeUse(element, name);
      return use === 'handler' || (use !== 'text' && use !== 'css' && isCode(value));
    })
    .map(({ name, value, at }) => ({
      text: name.startsWith('on') ? value : codeOfUrl(value),
      kind: 'attribute',
      at: () => at,
    }));
  if (!isInlineScript(element)) return codes;
  const kind = scriptKind(element);
  if (kind === 'rules' || kind === 'data') return codes;
  const lines = new Lines(element.text, element.textAt);
  return [...codes, { text: element.text, kind, at: (offset) => lines.at(offset) }];
}

function codeOfUrl(url: string): string {
  const code = url.slice(url.indexOf(':') + 1);
  return /%[0-9a-f]{2}/i.test(code)
    ? code.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : code;
}

type Located = readonly [finding: Finding, offset: number];

/** What there is to say of a code, whoever carries it; or the error that keeps it from being read. */
type Inspected = { readonly findings: readonly Located[]; readonly error?: unknown };

class Inspector {
  private readonly known = new Map<ParsedCode, Inspected>();

  constructor(private readonly code: CodeParser) {}

  inspect({ text, kind }: Code): Inspected {
    const parsed = this.code.read(text, kind);
    const inspected = this.known.get(parsed) ?? inspectedOf(parsed);
    this.known.set(parsed, inspected);
    return inspected;
  }
}

function inspectedOf(parsed: ParsedCode): Inspected {
  if ('error' in parsed) return { findings: [], error: parsed.error };
  const findings: Located[] = [];
  try {
    walk(parsed.program, (finding, offset) => findings.push([finding, offset]));
    return { findings };
  } catch (error) {
    return { findings, error };
  }
}

function walk(program: Program, report: (finding: Finding, offset: number) => void): void {
  const names = new Names(program);
  full(program, (node, _state, type) => {
    if (node.type === 'Identifier' && type !== 'Identifier') return; // a name being given, not used
    const finding = findingAt(node, names);
    if (finding !== undefined) report(finding, node.start);
  });
}

/** A handler that is no JavaScript does nothing; a script may be one in another browser. */
function problemsOf(code: Code, { findings, error }: Inspected, subject: Subject): Problem[] {
  const problems = findings.flatMap(([finding, offset]) => problemOf(finding, code.at(offset), subject) ?? []);
  const isUnread = error !== undefined && (code.kind !== 'attribute' || error instanceof RangeError);
  return isUnread ? [...problems, unreadable(code, error)] : problems;
}

function problemOf(finding: Finding, at: Place, { settings: { policy } }: Subject): Problem | undefined {
  switch (finding.kind) {
    case 'load': {
      const refusals = finding.directives.map((directive) =>
        refusedUrl(policy, directive, finding.from, at, finding.what),
      );
      return refusals.includes(undefined) ? undefined : refusals[0];
    }
    case 'csp-document-write':
      return htmlProblem(at, {
        code: finding.kind,
        message: `The script uses ${finding.what}, which replaces or splits the page it runs in.`,
        remedy: 'Build elements with document.createElement and append them.',
      });
    case 'csp-inline-handler':
      return permits(policy, 'script-src-attr', 'unsafe-inline')
        ? undefined
        : htmlProblem(at, {
            code: finding.kind,
            message: `The script sets ${finding.what} as text, which the content policy forbids.`,
            remedy: 'Use addEventListener.',
          });
    default:
      return permits(policy, 'script-src', 'unsafe-eval') ? undefined : textAsCode(finding.kind, finding.what, at);
  }
}

function textAsCode(kind: 'csp-eval' | 'csp-string-timer', what: string, at: Place): Problem {
  const remedy =
    kind === 'csp-eval' ? 'Use JSON.parse for data and functions for code.' : 'Pass a function instead of text.';
  return htmlProblem(at, {
    code: kind,
    message: `The script turns text into code with ${what}, which the content policy forbids.`,
    remedy,
  });
}

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
