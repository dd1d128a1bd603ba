import { holdbackScenarios } from './holdback-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { tolerableScenarios } from './tolerable-scenarios.ts';
import { unseenScenarios } from './unseen-scenarios.ts';

/** What a run has that names none. */
export const usualScenarios: readonly Scenario[] = [...tolerableScenarios, ...scenarios];

export const namedOnly: readonly Scenario[] = [...holdbackScenarios, ...unseenScenarios];

export function scenarioNamed(name: string): Scenario | undefined {
  return [...usualScenarios, ...namedOnly].find((one) => one.name === name);
}
