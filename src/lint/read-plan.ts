import type { Document, LineCounter } from 'yaml';
import type { YamlFaultKind } from '../files/yaml.ts';
import { readYamlText } from '../files/yaml.ts';
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
  const read = readYamlText(text);
  if (!('fault' in read)) return { file, text, ...read };
  const { fault } = read;
  const { line, column } = fault;
  return problemAt('', FAULTS[fault.kind](fault.why), { file, line, column });
}

export function isProblem(result: object): result is Problem {
  return 'code' in result && 'remedy' in result;
}

const FAULTS: Readonly<Record<YamlFaultKind, (why: string) => Fault>> = {
  empty: () => ({
    code: 'plan-empty',
    message: 'The file holds no plan: it is empty, or all comment.',
    remedy: 'Start from examples/refund-assist-1.5.0.yaml.',
  }),
  // The YAML of other tools, which would be taken for the text that stands behind it.
  tag: (why) => ({
    code: 'plan-tag',
    message: `${why}: nothing is put in its place here.`,
    remedy: 'Write the value itself; fill in plans before they are given to this program.',
  }),
  alias: (why) => ({
    code: 'plan-alias',
    message: `The aliases (*name) of this file cannot be followed: ${why}.`,
    remedy: 'Write the repeated parts out; a plan hardly needs aliases.',
  }),
  syntax: (why) => ({
    code: 'plan-syntax',
    message: `This is not valid YAML: ${why}.`,
    remedy: 'Mend the file here first; everything after this place may be misread.',
  }),
};
