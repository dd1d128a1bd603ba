import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import type { Plan, UiDirectives } from '../../../src/domain/plan/plan.ts';
import { preflight } from '../../../src/domain/preflight/preflight.ts';
import type { PreflightSettings } from '../../../src/domain/preflight/settings.ts';

/** A plan that has nothing wrong with it but, perhaps, its card. */
export function planWith(html: string, ui: Partial<UiDirectives> = {}): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: 'RefundAssist',
      version: '1.5.0',
      html,
      trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
      ui: { position: 'right', size: 'medium', requiredFeatures: [], ...ui },
    },
    target: { kind: 'agentAssistActions' },
    steps: [
      { kind: 'setSplit', percent: 5 },
      { kind: 'bake', forMs: 60_000, atMostMs: 600_000, minCards: 0, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.1 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    policies: DEFAULT_POLICIES,
  };
}

function problemsOf(html: string, settings?: PreflightSettings) {
  return preflight(planWith(html), settings).filter(({ code }) => !code.startsWith('a11y-'));
}

/** Codes and places of what is wrong with a card but for its accessibility: `csp-eval 1:9`. */
export function faults(html: string, settings?: PreflightSettings): string[] {
  return problemsOf(html, settings).map(({ code, line, column }) => `${code} ${line}:${column}`);
}

/** Only the codes, each once. */
export function codes(html: string, settings?: PreflightSettings): string[] {
  return [...new Set(problemsOf(html, settings).map(({ code }) => code))].sort();
}
