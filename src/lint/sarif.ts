/**
 * Results of lint as code hosts read them: SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
 */
import { isAbsolute, relative, sep } from 'node:path';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Problem } from '../domain/plan/problem.ts';
import type { LintResult } from './lint.ts';

export interface SarifTool {
  readonly version: string;
  /** Version of the compatibility data. */
  readonly dataVersion: string;
  /** Files are told as seen from here. */
  readonly folder: string;
}

export function sarifLog(results: readonly LintResult[], tool: SarifTool): Log {
  const problems = results.flatMap(({ file, problems }) => problems.map((problem) => ({ file, problem })));
  const codes = [...new Set(problems.map(({ problem }) => problem.code))].sort();
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'assist-rollouts',
            version: tool.version,
            rules: codes.map(ruleOf),
            properties: { compatibilityData: tool.dataVersion },
          },
        },
        columnKind: 'utf16CodeUnits',
        results: problems.map(({ file, problem }) => resultOf(problem, file, codes, tool.folder)),
      },
    ],
  };
}

function ruleOf(code: string): ReportingDescriptor {
  return { id: code, help: { text: `docs/errors.md says what ${code} means and how to mend it.` } };
}

function resultOf(problem: Problem, file: string, codes: readonly string[], folder: string): Result {
  return {
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: problem.severity,
    message: { text: `${problem.message} ${problem.remedy}` },
    ...(problem.rule !== undefined && { properties: { axeRule: problem.rule } }),
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(problem.file ?? file, folder) },
          region: { startLine: problem.line ?? 1, startColumn: problem.column ?? 1 },
        },
      },
    ],
  };
}

/** Relative where the file is below the folder, else absolute. */
function uriOf(file: string, folder: string): string {
  const path = isAbsolute(file) ? relative(folder, file) : file;
  const isOutside = path.startsWith('..') || isAbsolute(path);
  const parts = (isOutside && isAbsolute(file) ? file : path).split(sep).map(encodeURIComponent).join('/');
  return isOutside && isAbsolute(file) ? `file://${parts}` : parts;
}
