/** `lint`: everything that is wrong with plans and their cards; contacts nobody. */
import { lintFiles } from '../../lint/lint.ts';
import type { LintResult } from '../../lint/lint.ts';
import { formatProblem } from '../../lint/plan-error.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';

export interface LintArgs extends JsonOption {
  readonly plans: readonly string[];
}

export async function lint(deps: Deps, args: LintArgs): Promise<number> {
  const results = await lintFiles(args.plans);
  const ok = results.every((result) => result.ok);
  if (args.json) printJson(deps.out, { kind: 'lint', ok, results });
  else printLines(deps.out, results.flatMap(resultLines));
  return ok ? EXIT.ok : EXIT.badInput;
}

function resultLines({ file, ok, problems }: LintResult): string[] {
  const found = problems.map(formatProblem);
  return ok ? [...found, `${file}: ok`] : found;
}
