/** `diff`: what a plan would change, before anything is changed. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { isCard } from '../../domain/plan/plan.ts';
import { documentOf } from '../../targets/index.ts';
import { readPlan } from '../../lint/lint.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { diffVersions } from '../../domain/diff/version-diff.ts';
import { comparisonLines } from '../view/diff-view.ts';
import { fromOrganisation, fromPlans, inOrganisation } from '../sources/surroundings.ts';
import { readTranscripts } from '../sources/transcripts.ts';
import { JSON_OBJECT, nonEmpty } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createPaint } from '../view/paint.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { planFiles } from '../../compose/plan-files.ts';

export function diff(run: Run): Command {
  const help = {
    description: 'what a plan would change: document, card, trigger, and how often it would fire',
    examples: ['diff examples/refund-assist-1.6.0.yaml --against examples/refund-assist-1.5.0.yaml'],
  };
  return createVerb('diff', help)
    .argument('<plan>', 'plan file')
    .option(
      '--against <plan>',
      'the baseline as a plan (default: read from the organisation, where GENESYS_* is set)',
      nonEmpty,
    )
    .option('--others <plan...>', 'plans of other actions, to find triggers that overlap')
    .option(
      '--transcripts <file>',
      'past utterances, one JSON object a line: text, confidence, isFinal, queueId, skillIds',
      nonEmpty,
    )
    .option(...JSON_OBJECT)
    .action((plan: string, options: Omit<DiffArgs, 'plan'>) => run((deps) => comparePlan(deps, { plan, ...options })));
}

interface DiffArgs extends JsonOption {
  readonly plan: string;
  /** A plan that stands for what is served now; the organisation is then not asked. */
  readonly against?: string;
  /** Plans of other actions. */
  readonly others?: readonly string[];
  readonly transcripts?: string;
}

/** Exit code 2 when the organisation would have the plan rejected. */
async function comparePlan(deps: Deps, args: DiffArgs): Promise<number> {
  const plan = await readPlan(args.plan, planFiles(deps.env));
  const { genesys } = readConfig(deps.env, args.against === undefined ? ['genesysIfAny'] : []);
  const offline = args.against !== undefined || genesys === null;
  const { around, ids } = offline
    ? { around: await fromPlans(deps.env, args.against, args.others ?? []), ids: null }
    : await inOrganisation(genesys, deps, async ({ targets }) => ({
        around: await fromOrganisation(targets, plan),
        ids: isCard(plan.action) ? await targets.of(plan.target.kind).conditionIds(plan.action.trigger) : null,
      }));
  const comparison = await diffVersions(
    plan,
    { ...around, ids },
    args.transcripts === undefined ? null : readTranscripts(args.transcripts),
    (action) => documentOf({ ...plan, action }),
  );
  if (args.json) printJson(deps.out, { kind: 'diff', ...comparison });
  else printLines(deps.out, comparisonLines(comparison, createPaint(deps.out.color)));
  return comparison.findings.some(({ severity }) => severity === 'error') ? EXIT.badInput : EXIT.ok;
}
