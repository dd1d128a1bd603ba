/** The plans that a load is made of. */
import type { Plan } from '../../src/domain/plan/plan.ts';

/** So many that bake for hours at half of the conversations, each of an action of its own. */
export function plansFor(template: Plan, count: number, version = '1.1.0'): Plan[] {
  return Array.from({ length: count }, (_, place) => ({
    ...template,
    action: { ...template.action, name: `Scale${place + 1}`, version },
    steps: [
      { kind: 'setSplit' as const, percent: 50 },
      { kind: 'bake' as const, forMs: 7_200_000, atMostMs: 10_800_000, minCards: 0, require: 'noHarm' as const },
    ],
    policies: { ...template.policies, onNoData: { afterMs: 1_800_000, do: 'pause' as const } },
  }));
}
