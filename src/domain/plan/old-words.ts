/** Words of before that people's files may still hold: each works for one release, and says what it is called now. */
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

export interface Renewed {
  readonly raw: unknown;
  /** One for each word, at its first place. */
  readonly warnings: readonly Problem[];
}

/** A plan, or an organisation's policy, in the words of today. */
export function renewed(raw: unknown): Renewed {
  const guardrails = fieldOf(raw, 'guardrails');
  const first = Array.isArray(guardrails) ? guardrails.findIndex(saysLevel) : -1;
  if (first < 0) return { raw, warnings: [] };
  const named = (guardrails as readonly unknown[]).map((one) =>
    saysLevel(one) ? { ...(one as object), metric: 'custom' } : one,
  );
  return { raw: { ...(raw as object), guardrails: named }, warnings: [levelAt(`guardrails.${first}.metric`)] };
}

function saysLevel(guardrail: unknown): boolean {
  return fieldOf(guardrail, 'metric') === 'level';
}

function levelAt(path: string): Problem {
  return problemAt(
    path,
    {
      code: 'plan-old-word',
      message: 'A metric from outside is called custom now; level is understood for one release more.',
      remedy: 'Write metric: custom.',
    },
    { severity: 'warning' },
  );
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
