/**
 * What processes of two releases say to each other through Temporal, as types: read by scripts/orders.mjs, and kept for
 * each release.
 */
import type { BuildsActivities } from '../../../src/activities/builds.ts';
import type { Activities } from '../../../src/activities/create.ts';
import type { MeasuringActivities } from '../../../src/activities/measure-handling.ts';
import type { AuditActivities } from '../../../src/audit/duties.ts';
import type { ForwardActivities } from '../../../src/forward/types.ts';
import type { GuardianActivities } from '../../../src/guardian/create.ts';
import type { WavesActivities } from '../../../src/waves/activities.ts';

type All = Activities &
  BuildsActivities &
  WavesActivities &
  GuardianActivities &
  ForwardActivities &
  AuditActivities &
  MeasuringActivities;

/** Of every activity: what a workflow gives it, and what it gives back. */
export type Said = {
  [Name in keyof All]: All[Name] extends (...given: infer Given) => Promise<infer Answer>
    ? { readonly order: Given extends readonly [infer Order, ...unknown[]] ? Order : null; readonly answer: Answer }
    : never;
};
