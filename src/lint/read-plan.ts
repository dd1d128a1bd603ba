import type { Document } from 'yaml';
import { LineCounter, parseDocument } from 'yaml';
import type { Fault, Problem } from '../domain/plan/problem.ts';
import { problemAt } from '../domain/plan/problem.ts';

/** The YAML of a plan, its plain value, and where its lines begin. */
export interface PlanSource {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly value: unknown;
}

/** Reads the text as YAML 1.2 (which JSON is a part of), or says the one thing that keeps it from being read. */
export function readYaml(file: string, text: string): PlanSource | Problem {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return at(file, lines, error.pos[0], syntax(error.message));
  const [warning] = document.warnings;
  if (warning !== undefined)
    return at(
      file,
      lines,
      warning.pos[0],
      warning.code === 'TAG_RESOLVE_FAILED' ? tag(warning.message) : syntax(warning.message),
    );
  if (document.contents === null) return at(file, lines, 0, EMPTY);
  const value = plainValue(document);
  return 'fault' in value ? at(file, lines, 0, value.fault) : { file, text, document, lines, value: value.plain };
}

export function isProblem(result: object): result is Problem {
  return 'code' in result && 'remedy' in result;
}

/** Aliases of aliases grow without bound ("a billion laughs"); the parser stops at a hundred. */
function plainValue(document: Document.Parsed): { readonly plain: unknown } | { readonly fault: Fault } {
  try {
    return { plain: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      fault: {
        code: 'plan-alias',
        message: `The aliases (*name) of this file cannot be followed: ${message}.`,
        remedy: 'Write the repeated parts out; a plan hardly needs aliases.',
      },
    };
  }
}

const EMPTY: Fault = {
  code: 'plan-empty',
  message: 'The file holds no plan: it is empty, or all comment.',
  remedy: 'Start from examples/refund-assist-1.5.0.yaml.',
};

/** The YAML of other tools, which would be taken for the text that stands behind it. */
function tag(message: string): Fault {
  return {
    code: 'plan-tag',
    message: `${message}: nothing is put in its place here.`,
    remedy: 'Write the value itself; fill in plans before they are given to this program.',
  };
}

function syntax(message: string): Fault {
  return {
    code: 'plan-syntax',
    message: `This is not valid YAML: ${message}.`,
    remedy: 'Mend the file here first; everything after this place may be misread.',
  };
}

function at(file: string, lines: LineCounter, offset: number, fault: Fault): Problem {
  const { line, col } = lines.linePos(offset);
  return problemAt('', fault, { file, line: Math.max(line, 1), column: Math.max(col, 1) });
}
