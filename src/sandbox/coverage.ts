/**
 * Watches invariant 1 from inside the organisation: at every instant, every bucket of an action is served by an enabled
 * version. Looks after every change, so that a hole of one millisecond between two writes is on record.
 */
import { z } from 'zod';
import { owns } from '../domain/split/bucket.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import type { ActionDocument } from './wire.ts';

/** Every bucket that the hash can give. */
const BUCKETS = 10_000;
const KEPT_CHANGES = 2_000;
const KEPT_HOLES = 1_000;

const rangeSchema = z.tuple([z.number(), z.number()]);
const holeSchema = z.object({
  actionName: z.string(),
  fromMs: z.number(),
  /** null while it is open. */
  toMs: z.number().nullable(),
  /** `[from, to)` in percent. */
  ranges: z.array(rangeSchema),
});
const changeSchema = z.object({
  /** ISO instant. */
  at: z.string(),
  kind: z.enum(['created', 'updated', 'deleted']),
  actionId: z.string(),
  actionName: z.string(),
  version: z.string(),
  group: z.enum(['control', 'candidate']),
  splitPercent: z.number(),
  enabled: z.boolean(),
});
export const coverageLogSchema = z.object({
  holes: z.array(holeSchema),
  changes: z.array(changeSchema),
  /** Actions that were fully covered once: only these can have holes. */
  coveredNames: z.array(z.string()),
});

export type UncoveredRange = z.infer<typeof rangeSchema>;
export type Hole = z.infer<typeof holeSchema>;
export type Change = z.infer<typeof changeSchema>;
export type CoverageLog = z.infer<typeof coverageLogSchema>;

export interface CoverageReport {
  readonly ok: boolean;
  readonly holes: readonly Hole[];
  readonly changes: readonly Change[];
}

export class CoverageMonitor {
  readonly #holes: Hole[];
  readonly #changes: Change[];
  readonly #covered: Set<string>;
  /**
   * How each name was served when it was last looked at: with hundreds of actions a change must cost what one action
   * costs.
   */
  readonly #lookedAt = new Map<string, string>();

  constructor(log: CoverageLog = { holes: [], changes: [], coveredNames: [] }) {
    this.#holes = log.holes;
    this.#changes = log.changes;
    this.#covered = new Set(log.coveredNames);
  }

  /** To be called after each change, with everything as it stands now. */
  changed(kind: Change['kind'], action: ActionDocument, actions: readonly ActionDocument[], nowMs: number): void {
    this.#changes.push(changeOf(kind, action, nowMs));
    if (this.#changes.length > KEPT_CHANGES) this.#changes.shift();
    this.look(actions, nowMs);
  }

  /** A rename changes two names at once, so every name is looked at. */
  look(actions: readonly ActionDocument[], nowMs: number): void {
    const byName = new Map<string, ServedVersion[]>([...this.#covered].map((name) => [name, []]));
    for (const action of actions)
      byName.set(baseName(action), [...(byName.get(baseName(action)) ?? []), servedVersion(action)]);
    for (const [name, versions] of byName) {
      const served = JSON.stringify(versions);
      if (this.#lookedAt.get(name) === served) continue;
      this.#lookedAt.set(name, served);
      this.#lookAt(name, versions, nowMs);
    }
  }

  report(): CoverageReport {
    return { ok: this.#holes.length === 0, holes: this.#holes, changes: this.#changes };
  }

  log(): CoverageLog {
    return { holes: this.#holes, changes: this.#changes, coveredNames: [...this.#covered] };
  }

  #lookAt(actionName: string, versions: readonly ServedVersion[], nowMs: number): void {
    const ranges = uncovered(versions);
    if (ranges.length === 0) this.#covered.add(actionName);
    if (!this.#covered.has(actionName)) return;
    const open = this.#holes.find((hole) => hole.actionName === actionName && hole.toMs === null);
    if (open !== undefined && isSame(open.ranges, ranges)) return;
    if (open !== undefined) open.toMs = nowMs;
    if (ranges.length > 0) this.#holes.push({ actionName, fromMs: nowMs, toMs: null, ranges });
    if (this.#holes.length > KEPT_HOLES) this.#holes.shift();
  }
}

/** `RefundAssist v1.6.0` -> `RefundAssist` */
export function baseName(action: { readonly name: string }): string {
  const end = action.name.lastIndexOf(' v');
  return end === -1 ? action.name : action.name.slice(0, end);
}

export function servedVersion(action: ActionDocument): ServedVersion {
  const { traffic_split: splitPercent, ab_test_group: group } = action.metadata;
  return { enabled: action.enabled, group, splitPercent };
}

/** The ranges `[from, to)` that nobody owns, in percent. */
function uncovered(versions: readonly ServedVersion[]): UncoveredRange[] {
  const ranges: UncoveredRange[] = [];
  let from: number | undefined;
  for (let i = 0; i <= BUCKETS; i++) {
    const bucket = i / 100;
    const served = i === BUCKETS || versions.some((version) => owns(version, bucket));
    if (!served) from ??= bucket;
    if (!served || from === undefined) continue;
    ranges.push([from, bucket]);
    from = undefined;
  }
  return ranges;
}

function isSame(a: readonly UncoveredRange[], b: readonly UncoveredRange[]): boolean {
  return a.length === b.length && a.every((range, i) => range[0] === b[i]?.[0] && range[1] === b[i]?.[1]);
}

function changeOf(kind: Change['kind'], action: ActionDocument, nowMs: number): Change {
  const { enabled, group, splitPercent } = servedVersion(action);
  const at = new Date(nowMs).toISOString();
  return {
    at,
    kind,
    actionId: action.id,
    actionName: action.name,
    version: action.version,
    group,
    splitPercent,
    enabled,
  };
}
