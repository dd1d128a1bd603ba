/** What the package exports to code. */
export { createConfigurator } from './configurator.ts';
export type { Configurator, ConfiguratorConfig } from './configurator.ts';
export { AssistError } from './configurator/errors.ts';
export type { AssistErrorCode } from './configurator/errors.ts';
export type { ActName, ActResult } from './configurator/acts.ts';
export type { RolloutRef, RolloutSummary, RolloutView } from './configurator/rollouts.ts';
export { ConfigError, readConfig } from './config.ts';
export type { Config, EventsConfig, GenesysConfig, TemporalConfig } from './config.ts';
export type { ActionVersion, Plan, Problem, Step, Guardrail, Policies } from './domain/plan/plan.ts';
export type { JudgeReport, GuardrailReport, Verdict } from './domain/judge/types.ts';
export type { HumanAct, Outcome, Phase, RolloutStatus, SafetyProof, WatchProgress } from './workflows/messages.ts';
export type { Engagement, EngagementRecord } from './audit/engagement.ts';
export type { ComplianceStatus } from './store/compliance.ts';
