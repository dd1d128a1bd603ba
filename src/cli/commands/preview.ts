/** `preview`: what agents will see, before anyone sees it. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import type { CardVersion, Plan } from '../../domain/plan/plan.ts';
import { readPlan } from '../../lint/lint.ts';
import { writePreview } from '../../preview/preview.ts';
import type { Preview } from '../../preview/preview.ts';
import { cardRules } from '../../compose/card-rules.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { cardOf } from '../sources/card.ts';
import { baselineFrom, inOrganisation } from '../sources/surroundings.ts';
import { BROWSERS, JSON_OBJECT, nonEmpty } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { planFiles } from '../../compose/plan-files.ts';

export function preview(run: Run): Command {
  const help = {
    description: 'what agents will see, beside what they see now',
    examples: ['preview examples/refund-assist-1.6.0.yaml --baseline examples/refund-assist-1.5.0.yaml --out preview'],
  };
  return createVerb('preview', help)
    .argument('<plan>', 'plan file')
    .option('--out <folder>', 'where to write it (default: preview-<action>-<version>)', nonEmpty)
    .option(
      '--baseline <plan>',
      'the version served now as a plan (default: read from the organisation, where GENESYS_* is set)',
      nonEmpty,
    )
    .option('--no-pictures', 'only the page; do not look for a Chromium')
    .option(...BROWSERS)
    .option(...JSON_OBJECT)
    .action((plan: string, options: Omit<PreviewArgs, 'plan'>) =>
      run((deps) => previewPlan(deps, { plan, ...options })),
    );
}

interface PreviewArgs extends JsonOption {
  readonly plan: string;
  /** Folder; made if it is not there. */
  readonly out?: string;
  /** A plan that stands for what is served now; the organisation is then not asked. */
  readonly baseline?: string;
  readonly pictures: boolean;
  /** A browserslist query. */
  readonly browsers?: string;
}

async function previewPlan(deps: Deps, args: PreviewArgs): Promise<number> {
  const settings = cardRules(deps.env, args.browsers);
  const configurator = await deps.configurator();
  const plan = await readPlan(args.plan, planFiles(deps.env));
  const { baseline, note } = await baselineOf(deps, args, plan);
  const out = args.out ?? `preview-${plan.action.name}-${plan.action.version}`;
  const result = await writePreview({
    candidate: cardOf(plan),
    baseline,
    policy: settings.policy,
    problems: configurator.validate(plan, settings),
    out,
    pictures: args.pictures,
    env: deps.env,
  });
  const notes = [...(note === null ? [] : [note]), ...result.notes];
  if (args.json)
    printJson(deps.out, {
      kind: 'preview',
      action: plan.action.name,
      version: plan.action.version,
      baseline: baseline?.version ?? null,
      ...result,
      notes,
    });
  else printLines(deps.out, previewLines(result, notes));
  return EXIT.ok;
}

async function baselineOf(
  deps: Deps,
  args: PreviewArgs,
  plan: Plan,
): Promise<{ readonly baseline: CardVersion | null; readonly note: string | null }> {
  if (args.baseline !== undefined)
    return { baseline: cardOf(await readPlan(args.baseline, planFiles(deps.env))), note: null };
  const { genesys } = readConfig(deps.env);
  if (genesys === null)
    return { baseline: null, note: 'No baseline: give --baseline <plan>, or configure the organisation (GENESYS_*).' };
  const { baseline, note } = await inOrganisation(genesys, deps, ({ targets }) => baselineFrom(targets, plan));
  return { baseline: baseline === null ? null : cardOf({ ...plan, action: baseline.action }), note };
}

function previewLines({ index, shots, axe }: Preview, notes: readonly string[]): string[] {
  const differing = shots.flatMap(({ position, size, difference }) =>
    difference === null ? [] : [`  ${position}, ${size}: ${difference.percent.toFixed(2)} % of the pixels differ`],
  );
  const found = (axe ?? []).map(
    ({ code, rule, impact, message, elements }) =>
      `  ${code ?? 'axe'} (${rule}, ${impact}): ${message}: ${elements.join(', ')}`,
  );
  return [
    index,
    ...(shots.length === 0 ? [] : [`${shots.length} arrangements as pictures beside it`]),
    ...differing,
    ...found,
    ...notes,
  ];
}
