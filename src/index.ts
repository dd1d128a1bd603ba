/** What the package exports to code. */
export { createConfigurator } from './configurator.ts';
export type { Configurator, ConfiguratorConfig } from './configurator.ts';
export { AssistError } from './configurator/errors.ts';
export type { AssistErrorCode } from './configurator/errors.ts';
export type { ActResult } from './configurator/acts.ts';
export type { Act } from './domain/rollout/acts.ts';
export type { RolloutSummary } from './configurator/list-rows.ts';
export type { RolloutList } from './configurator/list.ts';
export type { RolloutRef, RolloutView } from './configurator/rollouts.ts';
export { ConfigError } from './config/error.ts';
export { readConfig } from './config.ts';
export type { Config } from './config.ts';
export type { EventsConfig } from './config/events.ts';
export type { GenesysConfig } from './config/genesys.ts';
export type { TemporalConfig } from './config/temporal.ts';
export { checkPlan } from './domain/plan/check.ts';
export { DEFAULT_POLICIES } from './domain/plan/default-policies.ts';
export { planJsonSchema } from './domain/plan/json-schema.ts';
export type { JsonSchema } from './domain/plan/json-schema.ts';
export { parsePlan, resolvePlan } from './domain/plan/parse.ts';
export type { ParseResult, RawParsedPlan } from './domain/plan/parse.ts';
export type {
  ActionVersion,
  DriftAction,
  DriftKind,
  Guardrail,
  LongWatch,
  Plan,
  Policies,
  Slices,
  Trigger,
  UiDirectives,
  WaitLimits,
} from './domain/plan/plan.ts';
export type { Margin } from './domain/metrics/definition.ts';
export type { Problem } from './domain/plan/problem.ts';
export type { ApproveStep } from './domain/plan/steps/approve.ts';
export type { BakeStep } from './domain/plan/steps/bake.ts';
export type { SetSplitStep } from './domain/plan/steps/set-split.ts';
export type { Step } from './domain/plan/steps/steps.ts';
export { loadPlan } from './lint/lint.ts';
export { PlanError } from './lint/plan-error.ts';
export type { JudgeReport, GuardrailReport, Verdict } from './domain/judge/types.ts';
export type { HumanAct, Outcome, Phase, RolloutStatus, WatchProgress } from './workflows/messages.ts';
export type { SafetyProof } from './domain/rollout/status.ts';
export type { LoggedEngagement, EngagementRecord } from './audit/engagement.ts';
export type { RolloutRecord } from './configurator/decision-record.ts';
export type { ShownExport } from './targets/event-export.ts';
export type { Webhook } from './targets/target.ts';
export type { ComplianceStatus } from './store/compliance.ts';
