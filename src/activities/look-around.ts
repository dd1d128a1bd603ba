/** What a start would find in organisation, registry and calendar; nothing is written. */
import { reachOf } from '../domain/calendar/plan-check.ts';
import { startInstant } from '../domain/calendar/start.ts';
import { noCardIn } from '../domain/plan/no-card.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { changedSince } from '../domain/registry/changed-since.ts';
import type { Around, StandingNow } from '../domain/rollout/dry-run.ts';
import { baseRates } from '../store/base-rates.ts';
import type { Database } from '../store/database.ts';
import { lastEnded } from '../store/registry.ts';
import type { Targets } from '../targets/index.ts';
import type { OpenTarget } from '../targets/target.ts';
import type { CalendarDeps } from './calendar.ts';
import { viewCalendar } from './calendar.ts';

export interface LookAroundDeps extends CalendarDeps {
  readonly db: Database;
  readonly now: () => number;
  readonly targets: Targets;
}

const TRAFFIC_MS = 7 * 86_400_000;

export async function lookAround(deps: LookAroundDeps, plan: Plan): Promise<Around> {
  const { db, now, targets } = deps;
  const { name } = plan.action;
  const target = targets.of(plan.target.kind);
  return {
    standing: await standingOf(target, plan),
    changed: changedSince(await lastEnded(db, name), await target.survey(name)),
    calendar: await viewCalendar(deps, {
      ...reachOf(plan),
      windows: plan.policies.windows,
      atMs: startOf(plan, now()),
    }),
    traffic: await baseRates(db, name, new Date(now() - TRAFFIC_MS), now()),
  };
}

async function standingOf(target: Pick<OpenTarget, 'describe'>, plan: Plan): Promise<StandingNow> {
  const noCard = noCardIn(plan);
  const { baseline, note, exists, refused } = await target.describe({ ...plan, ...(noCard !== null && { noCard }) });
  return {
    baseline:
      baseline === null
        ? null
        : { id: baseline.id, version: baseline.action.version, splitPercent: baseline.splitPercent },
    note,
    refused: refused === true,
    exists,
  };
}

function startOf({ startAt }: Plan, nowMs: number): number {
  const read = startAt === undefined ? null : startInstant(startAt);
  return read !== null && 'atMs' in read ? Math.max(read.atMs, nowMs) : nowMs;
}
