/**
 * What bringing the baseline back means for an action as it stands. Never raises a candidate, never leaves a bucket
 * unserved.
 */
import type { OpenRow, SeenRun, SeenServing } from './seen.ts';
import { isRetiring, isUnderTrial } from './seen.ts';
import { isOurs } from './findings.ts';

export type RestorePlan<V extends SeenServing> =
  /**
   * The baseline to 100 first, then each candidate to 0 and off. Without a baseline: first versions, held against no
   * card. Without a candidate: a version that was being retired.
   */
  | {
      readonly kind: 'restore';
      readonly baseline: V | null;
      readonly candidates: readonly V[];
      readonly foreign: readonly V[];
    }
  /** Nothing of ours is shown. */
  | { readonly kind: 'nothing'; readonly foreign: readonly V[] }
  | { readonly kind: 'needsPerson'; readonly why: string };

/** `versions` are all of the action. */
export function planRestore<V extends SeenServing>(
  versions: readonly V[],
  run: SeenRun | null,
  rows: readonly OpenRow[],
): RestorePlan<V> {
  const shown = versions.filter(isUnderTrial);
  const candidates = shown.filter((candidate) => isOurs(candidate, run, rows));
  const foreign = shown.filter((candidate) => !candidates.includes(candidate));
  if (candidates.length === 0) return { kind: 'nothing', foreign };
  const baseline = baselineBeside(candidates, versions);
  return typeof baseline === 'string'
    ? { kind: 'needsPerson', why: baseline }
    : { kind: 'restore', baseline, candidates: candidates.filter((candidate) => candidate !== baseline), foreign };
}

/** What an attempt leaves to the next before it writes: what it has written is not shown any more. */
export interface Begun {
  /** The newest run of the action then; null: Temporal knew none. */
  readonly newest: string | null;
  readonly baseline: string | null;
  readonly candidates: readonly string[];
  /** That of the candidate, 0..100. */
  readonly splitPercent: number;
}

/** As it came back from where it was left; null: nothing was. */
export function begunIn(details: unknown): Begun | null {
  const { newest, baseline, candidates, splitPercent } = (details ?? {}) as Partial<Record<keyof Begun, unknown>>;
  const isId = (value: unknown): value is string | null => value === null || typeof value === 'string';
  return isId(newest) && isId(baseline) && isStrings(candidates) && typeof splitPercent === 'number'
    ? { newest, baseline, candidates, splitPercent }
    : null;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/**
 * What an attempt before this one has begun is done to its end. Where the baseline that it meant serves no longer,
 * somebody has decided otherwise since.
 */
export function goOn<V extends SeenServing>(
  plan: RestorePlan<V>,
  begun: Begun | null,
  versions: readonly V[],
): RestorePlan<V> {
  if (begun === null || plan.kind === 'needsPerson') return plan;
  const baseline = plan.kind === 'restore' ? plan.baseline : (versions.find(({ id }) => id === begun.baseline) ?? null);
  if (plan.kind === 'nothing' && begun.baseline !== null && baseline?.enabled !== true) return plan;
  const candidates = versions.filter((one) => one !== baseline && begun.candidates.includes(one.id));
  const others = plan.kind === 'restore' ? plan.candidates.filter((one) => !candidates.includes(one)) : [];
  if (baseline === null && candidates.length + others.length === 0) return plan;
  return { kind: 'restore', baseline, candidates: [...others, ...candidates], foreign: plan.foreign };
}

function baselineBeside<V extends SeenServing>(candidates: readonly V[], versions: readonly V[]): V | null | string {
  const retiring = candidates.find(isRetiring);
  if (retiring !== undefined) return retiring;
  return candidates.every(({ standsAlone }) => standsAlone) ? null : baselineOf(versions);
}

/**
 * The enabled control that serves most: a rollout that ended at 100 leaves its baseline on, at 0. Else why it cannot be
 * told.
 */
function baselineOf<V extends SeenServing>(versions: readonly V[]): V | string {
  const [first, second] = versions
    .filter(({ enabled, group }) => enabled && group === 'control')
    .toSorted((a, b) => b.splitPercent - a.splitPercent);
  if (first === undefined) return NO_BASELINE;
  if (second !== undefined && second.splitPercent === first.splitPercent) {
    return (
      `v${first.version} (${first.id}) and v${second.version} (${second.id}) are both enabled in group control at ` +
      `${first.splitPercent} %, so it cannot be told which is the baseline`
    );
  }
  return first;
}

const NO_BASELINE =
  'no version of it is enabled in group control, so without its candidate some conversations would see no card';
