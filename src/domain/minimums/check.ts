/** Where a plan undercuts what its organisation asks of every plan. */
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { MinimumCode } from '../plan/codes.ts';
import { writtenMargin } from '../metrics/format.ts';
import type { Margin, Unit } from '../metrics/definition.ts';
import { definitionOf } from '../metrics/index.ts';
import { noCardIn } from '../plan/no-card.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import { splitAfter } from '../plan/steps/steps.ts';
import { toleranceOf, toleratedMargin } from '../plan/tolerance.ts';
import { didYouMean } from '../plan/did-you-mean.ts';
import type { LargestMargins, Minimums, OrganisationPolicy, RequiredGuardrail } from './policy.ts';

type Judged = Pick<Plan, 'risk' | 'target' | 'control' | 'retire' | 'steps' | 'guardrails' | 'slices' | 'policies'>;

interface Item {
  readonly index: number;
  readonly guardrail: Guardrail;
}

/**
 * One problem for each minimum that the plan undercuts, by its name; paths are the same in a plan that people write.
 */
export function minimumProblems(plan: Judged, policy: OrganisationPolicy): Problem[] {
  return [...riskProblems(plan, policy), ...minimumsFor(plan, policy).flatMap((one) => undercutOf(plan, one))];
}

/** Those of every plan, and those of its risk class. */
function minimumsFor({ risk }: Pick<Plan, 'risk'>, policy: OrganisationPolicy): readonly Minimums[] {
  const ofRisk = risk !== undefined && Object.hasOwn(policy.risks, risk) ? policy.risks[risk] : undefined;
  return ofRisk === undefined ? [policy] : [policy, ofRisk];
}

/** Whoever leaves the class out would be held to less. */
function riskProblems({ risk }: Judged, { risks }: OrganisationPolicy): Problem[] {
  const known = Object.keys(risks);
  if (known.length === 0 || (risk !== undefined && Object.hasOwn(risks, risk))) return [];
  const seen = risk === undefined ? 'this plan says none' : `there is no ${JSON.stringify(risk)}`;
  const message = `The organisation asks by risk class, one of ${known.join(', ')}; ${seen}.`;
  return [
    undercut(
      'minimum-risk',
      'risk',
      message,
      risk === undefined ? `Add risk: ${known[0] ?? ''}.` : didYouMean(risk, known),
    ),
  ];
}

function undercutOf(plan: Judged, policy: Minimums): Problem[] {
  const items = plan.guardrails.map((guardrail, index) => ({ index, guardrail }));
  return [
    ...requiredOf(plan, policy).flatMap((required) => requiredProblems(required, items)),
    ...items
      .filter(({ guardrail }) => guardrail.mode === 'enforce')
      .flatMap((item) => largestMarginProblems(item, policy)),
    ...alphaProblems(plan, policy),
    ...splitProblems(plan, policy),
    ...(policy.require === null ? [] : proofProblems(plan)),
    ...(plan.policies.onUndecided === 'promote' && policy.promoteUndecided === 'forbidden'
      ? [
          undercut(
            'minimum-on-undecided',
            'policies.onUndecided',
            'The organisation lets nothing be promoted while it is undecided.',
            'Write onUndecided: hold, or rollback.',
          ),
        ]
      : []),
  ];
}

function proofProblems({ steps }: Judged): Problem[] {
  return steps.flatMap((step, index) =>
    step.kind === 'bake' && step.require === 'noHarm'
      ? [
          undercut(
            'minimum-require',
            `steps.${index}`,
            'The organisation has each bake require proof that the version is safe; this one does not.',
            'Write require: safe.',
          ),
        ]
      : [],
  );
}

/** What the target tells nobody of cannot be required; and where one arm shows no card, nothing of cards. */
function requiredOf(plan: Judged, { guardrails }: Minimums): readonly RequiredGuardrail[] {
  const { metrics } = capabilitiesOf(plan.target.kind);
  const told = guardrails.filter(({ metric }) => metrics.includes(metric));
  return noCardIn(plan) === null ? told : told.filter(({ metric }) => metric === 'custom');
}

/** Whether a person may start a plan that cannot reach a verdict. */
export function forceProblems(force: unknown, plan: Pick<Plan, 'risk'>, policy: OrganisationPolicy): Problem[] {
  return force === true && minimumsFor(plan, policy).some((one) => one.force === 'forbidden')
    ? [
        undercut(
          'minimum-force',
          'force',
          'The organisation lets nothing be started by force.',
          'Start it without --force, with a plan that can reach a verdict.',
        ),
      ]
    : [];
}

function requiredProblems(required: RequiredGuardrail, items: readonly Item[]): Problem[] {
  const label =
    required.metric === 'custom' || required.statistic === undefined
      ? (required.name ?? required.metric)
      : guardrailLabel(required);
  const named = items.filter(({ guardrail }) => isNamed(required, guardrail));
  const [enforced, ...more] = named.filter(({ guardrail }) => guardrail.mode === 'enforce');
  if (enforced === undefined) {
    const [observed] = named;
    return observed === undefined
      ? [
          undercut(
            'minimum-guardrail',
            'guardrails',
            `The organisation requires a guardrail on ${label}; this plan has none.`,
            `Add one${mayBe(required)}.`,
          ),
        ]
      : [
          undercut(
            'minimum-guardrail',
            `guardrails.${observed.index}.mode`,
            `The organisation requires a guardrail on ${label}; this one only ${observed.guardrail.mode}s.`,
            'Write mode: enforce.',
          ),
        ];
  }
  const found = [enforced, ...more].map((item) => laxProblems(required, label, item));
  return found.some((problems) => problems.length === 0) ? [] : (found[0] ?? []);
}

function isNamed(required: RequiredGuardrail, { metric, name, statistic }: Guardrail): boolean {
  return (
    metric === required.metric &&
    name === required.name &&
    (required.statistic === undefined || statistic === required.statistic)
  );
}

function laxProblems(required: RequiredGuardrail, label: string, { index, guardrail }: Item): Problem[] {
  const { margin, alpha } = guardrail;
  return [
    ...(!fits(margin, required.margins)
      ? [
          undercut(
            'minimum-margin',
            `guardrails.${index}.margin`,
            `The organisation's margin of ${label} is at most ${listed(required, 'margins')}; this one is ` +
              `${writtenMargin(required.metric, margin)}.`,
            `Write at most ${listed(required, 'margins')}.`,
          ),
        ]
      : fits(toleratedMargin(guardrail), required.tolerances)
        ? []
        : [toleranceTooLarge({ index, guardrail }, `of ${label} `, listed(required, 'tolerances'))]),
    ...(required.largestAlpha === null || alpha <= required.largestAlpha
      ? []
      : [alphaTooLarge(`guardrails.${index}.alpha`, alpha, required.largestAlpha)]),
  ];
}

function fits(given: Margin, largest: readonly Margin[]): boolean {
  return largest.length === 0 || largest.some(({ kind, value }) => kind === given.kind && given.value <= value);
}

function toleranceTooLarge({ index, guardrail }: Item, of: string, most: string): Problem {
  const { metric, tolerance } = guardrail;
  const half = tolerance === undefined ? ', half of its margin' : '';
  return undercut(
    'minimum-tolerance',
    `guardrails.${index}.tolerance`,
    `The organisation's tolerance ${of}is at most ${most}; this one is ` +
      `${writtenMargin(metric, toleratedMargin(guardrail))}${half}.`,
    `Write at most ${most}.`,
  );
}

function largestMarginProblems(item: Item, { largestMargin }: Minimums): Problem[] {
  const { index, guardrail } = item;
  const { margin, metric } = guardrail;
  const largest =
    margin.kind === 'relative' ? largestMargin.relative : LARGEST[definitionOf(metric).unit](largestMargin);
  if (largest === null) return [];
  const text = (value: number): string => writtenMargin(metric, { ...margin, value });
  if (margin.value > largest)
    return [
      undercut(
        'minimum-margin',
        `guardrails.${index}.margin`,
        `The organisation's largest margin of this kind is ${text(largest)}; this one is ${text(margin.value)}.`,
        `Write at most ${text(largest)}.`,
      ),
    ];
  const most = toleranceOf({ margin: { ...margin, value: largest } });
  return toleranceOf(guardrail) <= most
    ? []
    : [toleranceTooLarge(item, 'of this kind, half of its largest margin, ', text(most))];
}

/** Of an absolute margin, by the metric's unit. */
const LARGEST: Readonly<Record<Unit, (largest: LargestMargins) => number | null>> = {
  share: ({ rate }) => rate,
  ms: ({ latency }) => latency,
  own: () => null,
};

function alphaProblems({ guardrails, slices, policies }: Judged, { largestAlpha, smallestAlpha }: Minimums): Problem[] {
  const alphas = [
    ...guardrails.flatMap(({ alpha, mode }, index) =>
      mode === 'enforce' ? [{ path: `guardrails.${index}.alpha`, alpha }] : [],
    ),
    ...(slices === undefined ? [] : [{ path: 'slices.alpha', alpha: slices.alpha }]),
    ...(policies.longWatch === null ? [] : [{ path: 'policies.longWatch.alpha', alpha: policies.longWatch.alpha }]),
  ];
  return alphas.flatMap(({ path, alpha }) => [
    ...(largestAlpha === null || alpha <= largestAlpha ? [] : [alphaTooLarge(path, alpha, largestAlpha)]),
    ...(smallestAlpha === null || alpha >= smallestAlpha
      ? []
      : [
          undercut(
            'minimum-alpha',
            path,
            `The organisation's smallest alpha is ${smallestAlpha}; with ${alpha} harm is hardly ever said.`,
            `Write at least ${smallestAlpha}.`,
          ),
        ]),
  ]);
}

function alphaTooLarge(path: string, alpha: number, largest: number): Problem {
  return undercut(
    'minimum-alpha',
    path,
    `The organisation's largest alpha here is ${largest}; this one is ${alpha}.`,
    `Write at most ${largest}.`,
  );
}

function splitProblems({ steps }: Judged, { largestFirstSplit, approvalAbove }: Minimums): Problem[] {
  const first = steps.findIndex((step) => splitAfter(step) !== null);
  const percent = percentOf(steps[first]);
  return [
    ...(largestFirstSplit === null || percent <= largestFirstSplit
      ? []
      : [
          undercut(
            'minimum-first-split',
            `steps.${first}`,
            `The organisation's largest first split is ${largestFirstSplit}; this plan begins with ${percent}.`,
            `Begin with setSplit: ${largestFirstSplit} or less.`,
          ),
        ]),
    ...(approvalAbove === null ? [] : approvalProblems(steps, approvalAbove)),
  ];
}

/** Promotion is the split of everybody. */
function approvalProblems(steps: Judged['steps'], above: number): Problem[] {
  const approval = steps.findIndex((step) => step.kind === 'approve');
  const first = steps.findIndex((step) => percentOf(step) > above);
  if (approval >= 0 && (first < 0 || approval < first)) return [];
  const what = first < 0 ? 'this plan is promoted' : `this plan goes to ${percentOf(steps[first])}`;
  return [
    undercut(
      'minimum-approval',
      first < 0 ? 'steps' : `steps.${first}`,
      `The organisation has somebody approve before a split above ${above}; ${what} without.`,
      'Add a step such as approve: { reason: Team leads agree } before it.',
    ),
  ];
}

function percentOf(step: Judged['steps'][number] | undefined): number {
  return step === undefined ? 0 : (splitAfter(step) ?? 0);
}

function undercut(code: MinimumCode, path: string, message: string, remedy: string): Problem {
  return problemAt(path, { code, message, remedy });
}

function mayBe(required: RequiredGuardrail): string {
  return required.margins.length === 0 ? '' : ` with a margin of at most ${listed(required, 'margins')}`;
}

function listed(required: RequiredGuardrail, which: 'margins' | 'tolerances'): string {
  return required[which].map((margin) => writtenMargin(required.metric, margin)).join(' or ');
}
