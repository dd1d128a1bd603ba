/**
 * What processes of two releases say to each other through Temporal, as types: read by scripts/orders.mjs, and kept for
 * each release.
 */
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { BuildsActivities } from '../../../src/activities/builds.ts';
import type { Activities } from '../../../src/activities/create.ts';
import type { MeasuringActivities } from '../../../src/activities/measure-handling.ts';
import type { AuditActivities } from '../../../src/audit/duties.ts';
import type { BuildsAct } from '../../../src/domain/builds/act.ts';
import type { FreezeAsked } from '../../../src/domain/calendar/freeze.ts';
import type { CalendarQuestion } from '../../../src/domain/calendar/question.ts';
import type { RegistryQuestion } from '../../../src/domain/registry/question.ts';
import type { UndoInput } from '../../../src/domain/registry/undo-input.ts';
import type { Act } from '../../../src/domain/rollout/acts.ts';
import type { RolloutInput } from '../../../src/domain/rollout/input.ts';
import type { WavesInput } from '../../../src/domain/waves/input.ts';
import type { WavesActName } from '../../../src/domain/waves/state.ts';
import type { ForwardActivities } from '../../../src/forward/types.ts';
import type { GuardianActivities } from '../../../src/guardian/create.ts';
import type { WavesActivities } from '../../../src/waves/activities.ts';
import type * as workflows from '../../../src/workflows/index.ts';
import type * as messages from '../../../src/workflows/messages.ts';
import type { ForwardInput, GuardianInput, RecoverInput } from '../../../src/workflows/messages.ts';

type All = Activities &
  BuildsActivities &
  WavesActivities &
  GuardianActivities &
  ForwardActivities &
  AuditActivities &
  MeasuringActivities;

/** Of every activity: what a workflow gives it, and what it gives back. */
type Ordered = {
  [Name in keyof All]: All[Name] extends (...given: infer Given) => Promise<infer Answer>
    ? { readonly order: Given extends readonly [infer Order, ...unknown[]] ? Order : null; readonly answer: Answer }
    : never;
};

/** What each workflow is begun with; they take whatever comes, and parse it. */
interface Inputs {
  readonly rollout: RolloutInput | UndoInput;
  readonly waves: WavesInput;
  readonly guardian: GuardianInput;
  readonly recover: RecoverInput;
  readonly dryRun: RolloutInput;
  readonly builds: BuildsAct;
  readonly registry: RegistryQuestion;
  readonly freeze: FreezeAsked;
  readonly calendar: CalendarQuestion & { readonly atMs?: number };
  readonly forward: ForwardInput;
  readonly measureHandling: null;
  readonly auditSigning: null;
  readonly auditShipping: null;
}

/** Of every workflow: what it is begun with, and what it ends with. */
type Begun = {
  [Name in keyof typeof workflows as `workflow ${Name}`]: {
    readonly order: Inputs[Name];
    readonly answer: Awaited<ReturnType<(typeof workflows)[Name]>>;
  };
};

type Sent<Definition> =
  Definition extends UpdateDefinition<infer Answer, [infer Order]>
    ? { readonly order: Order; readonly answer: Answer }
    : Definition extends QueryDefinition<infer Answer, infer Given>
      ? { readonly order: Given extends readonly [infer Order] ? Order : null; readonly answer: Answer }
      : Definition extends SignalDefinition<[infer Order]>
        ? { readonly order: Order; readonly answer: null }
        : never;

/** Of everything that is said to a run: by clients, and by other runs. */
type Told = {
  readonly 'rollout query status': Sent<typeof messages.statusQuery>;
  readonly 'rollout signal act': Sent<typeof messages.actSignal>;
  readonly 'rollout signal guardian': Sent<typeof messages.guardianSignal>;
  readonly 'rollout signal calledOff': Sent<typeof messages.calledOffSignal>;
  readonly 'waves query wavesStatus': Sent<typeof messages.wavesStatusQuery>;
  readonly 'waves query whyCalledOff': Sent<typeof messages.calledOffQuery>;
  readonly 'waves signal memberPromoted': Sent<typeof messages.memberPromotedSignal>;
} & { readonly [Name in Act as `rollout update ${Name}`]: Sent<(typeof messages.ACT_UPDATES)[Name]> } & {
  readonly [Name in WavesActName as `waves update ${Name}`]: Sent<(typeof messages.WAVES_UPDATES)[Name]>;
};

export type Said = Ordered & Begun & Told;
