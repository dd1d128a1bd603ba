import { resolve } from 'node:path';
import type { LintDeps } from '../../src/lint/lint.ts';

/** Files that are only in memory; all others are missing. */
export function filesOf(contents: Readonly<Record<string, string>>): LintDeps {
  const byPath = new Map(Object.entries(contents).map(([name, text]) => [resolve(name), text]));
  return {
    readFile: (path) => {
      const text = byPath.get(resolve(path));
      return text === undefined
        ? Promise.reject(Object.assign(new Error(`no ${path}`), { code: 'ENOENT' }))
        : Promise.resolve(text);
    },
  };
}

/** A plan as a person would write it; `card.html` beside it holds its card. */
export const PLAN = `apiVersion: assist-rollouts/v1
action:
  name: RefundAssist
  version: 1.5.0
  html: { file: card.html }
  trigger:
    keywords: [refund]
  ui: { requiredFeatures: [flexbox] }
steps:
  - setSplit: 5
  - bake: { for: 30m }
guardrails:
  - { metric: acceptanceRate, worseWhen: lower, margin: 10%, alpha: 0.01 }
`;

export const CARD = '<p>Check the refund guidelines.</p>';
