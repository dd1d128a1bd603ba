/** `diff`: what a plan would change, before anything is changed. */
import { readConfig } from '../../config.ts';
import { documentOf } from '../../targets/index.ts';
import { readPlan } from '../../lint/lint.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { compare } from '../../domain/diff/comparison.ts';
import { comparisonLines } from '../view/diff-view.ts';
import { fromOrganisation, fromPlans, inOrganisation } from '../sources/surroundings.ts';
import { readTranscripts } from '../sources/transcripts.ts';
import { EXIT } from '../exit-codes.ts';
import { createPaint } from '../view/paint.ts';

export interface DiffArgs extends JsonOption {
  readonly plan: string;
  /** A plan that stands for what is served now; the organisation is then not asked. */
  readonly against?: string;
  /** Plans of other actions. */
  readonly others?: readonly string[];
  readonly transcripts?: string;
}

export async function diff(deps: Deps, args: DiffArgs): Promise<number> {
  const plan = await readPlan(args.plan);
  const { genesys } = readConfig(deps.env, args.against === undefined ? ['genesysIfAny'] : []);
  const offline = args.against !== undefined || genesys === null;
  const { around, ids } = offline
    ? { around: await fromPlans(args.against, args.others ?? []), ids: null }
    : await inOrganisation(genesys, deps, async ({ targets }) => ({
        around: await fromOrganisation(targets, plan),
        ids: await targets.of(plan.target.kind).conditionIds(plan.action.trigger),
      }));
  const comparison = await compare(
    plan,
    { ...around, ids },
    args.transcripts === undefined ? null : readTranscripts(args.transcripts),
    (action) => documentOf({ ...plan, action }),
  );
  if (args.json) printJson(deps.out, { kind: 'diff', ...comparison });
  else printLines(deps.out, comparisonLines(comparison, createPaint(deps.out.color)));
  return EXIT.ok;
}
